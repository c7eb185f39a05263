/** What holds in every battle, whoever fights. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RANGES, type Skill } from '../../../../app/data/skills';
import { Battle, MAX_ROUNDS } from '../../../../app/game/battle/battle';
import type { Fighter } from '../../../../app/game/battle/fighter';
import { type BattleReport, NO_GAINS } from '../../../../app/game/battle/report';
import { SeededRandom } from '../../../../app/game/random';
import { DATA } from '../data';

const skill: fc.Arbitrary<Skill> = fc.oneof(
  fc.constantFrom(...DATA.skills.values()),
  fc
    .record({
      id: fc.integer({ min: 1, max: 1000 }),
      range: fc.constantFrom(...RANGES),
      power: fc.integer({ min: 0, max: 100 }),
      cooldown: fc.integer({ min: 0, max: 4 }),
      isHealing: fc.boolean(),
      strength: fc.double({ min: 0, max: 3, noNaN: true }),
      attribute: fc.constantFrom('physical' as const, 'magic' as const),
      buff: fc.option(fc.constantFrom(...DATA.buffs.values()), { nil: undefined }),
      buffRate: fc.integer({ min: 0, max: 101 }),
    })
    .map(({ isHealing, strength, ...rest }) => ({
      ...rest,
      ...{ name: 'any', description: 'any' },
      ...(isHealing ? { target: 'own' as const, factor: -strength } : { target: 'enemy' as const, factor: strength }),
    })),
);

const fighter = fc.record({
  id: fc.integer({ min: 1, max: 3_000_100 }),
  name: fc.constant('somebody'),
  level: fc.integer({ min: 1, max: 100 }),
  icon: fc.nat(9),
  quality: fc.nat(4),
  maxHp: fc.integer({ min: 1, max: 4000 }),
  phyAtt: fc.nat(800),
  phyDef: fc.nat(500),
  migDef: fc.nat(500),
  speed: fc.double({ min: 0, max: 500, noNaN: true }),
  hitRate: fc.integer({ min: 0, max: 150 }),
  dodge: fc.nat(100),
  critRate: fc.nat(100),
  power: fc.nat(100),
  skills: fc.array(skill, { maxLength: 4 }),
  ordinarySkill: skill,
});

const side: fc.Arbitrary<Fighter[]> = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), fc.array(fighter, { minLength: 9, maxLength: 9 }))
  .map(([positions, fighters]) => positions.flatMap((position, at) => (fighters[at] ? [{ ...fighters[at], position }] : [])));

const seed = fc.integer({ min: 0, max: 2 ** 48 });

function always(holds: (active: Fighter[], passive: Fighter[], seed: number) => void): void {
  fc.assert(fc.property(side, side, seed, holds), { numRuns: 300 });
}

describe('every battle', () => {
  it('ends, within 15 rounds, and is won only when nobody of the other side stands', () => {
    always((active, passive, from) => {
      const battle = Battle.fight(active, passive, SeededRandom.from(from));
      assert.ok(battle.rounds <= MAX_ROUNDS);
      const stands = (direction: number) => battle.units.some((unit) => unit.direction === direction && unit.isAlive);
      assert.equal(battle.result === 1, stands(1) && !stands(2));
      assert.ok(battle.rounds === MAX_ROUNDS || !stands(1) || !stands(2));
      assert.equal(battle.stars > 0, battle.result === 1);
    });
  });

  it('keeps hit points and power in their bounds, and whole', () => {
    always((active, passive, from) => {
      const battle = new Battle(active, passive, SeededRandom.from(from));
      while (!battle.isOver) {
        battle.playRound();
        for (const { hp, power, cooldowns, fighter } of battle.units) {
          assert.ok(Number.isInteger(hp) && hp <= fighter.maxHp, `hp ${hp} of ${fighter.maxHp}`);
          assert.ok(Number.isInteger(power) && power >= 0 && power <= 100, `power ${power}`);
          assert.ok(cooldowns.every((left) => left >= 0));
        }
      }
    });
  });

  it('can be replayed from its report to the same end, in which the dead neither act nor are hit', () => {
    always((active, passive, from) => {
      const battle = Battle.fight(active, passive, SeededRandom.from(from));
      const replayed = replay(JSON.parse(JSON.stringify(battle.report(NO_GAINS))) as BattleReport);
      assert.deepEqual(
        replayed,
        battle.units.map(({ battleId, hp }) => [battleId, hp]),
      );
    });
  });

  it('is the same again with the same dice', () => {
    always((active, passive, from) => {
      const [one, two] = [1, 2].map(() => Battle.fight(active, passive, SeededRandom.from(from)).report(NO_GAINS));
      assert.deepEqual(one, two);
    });
  });
});

/** A battle as a client sees it. @returns battle ids and hit points at the end */
function replay({ startData, stepData }: BattleReport): [number, number][] {
  const units = new Map(startData.map(({ chaBattleId, chaCurrentHp, chaTotalHp }) => [chaBattleId, { hp: chaCurrentHp, max: chaTotalHp }]));
  for (const { chaBattleId, chaCurrentHp, enemyChaArr } of stepData) {
    if (chaBattleId !== -1) assert.equal(living(chaBattleId).hp, chaCurrentHp);
    for (const { enemyBattleId, enemyChangeHp, enemyCurrentHp, enemyActionId } of enemyChaArr) {
      const unit = living(enemyBattleId);
      assert.ok(Number.isInteger(enemyChangeHp));
      assert.equal(unit.hp, enemyCurrentHp);
      unit.hp = Math.min(unit.hp + enemyChangeHp, unit.max);
      assert.equal(enemyActionId === 96, unit.hp <= 0);
    }
  }
  return [...units].map(([battleId, { hp }]) => [battleId, hp]);

  function living(battleId: number) {
    const unit = units.get(battleId);
    assert.ok(unit && unit.hp > 0, `${battleId} lives`);
    return unit;
  }
}
