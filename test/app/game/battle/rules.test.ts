import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Skill } from '../../../../app/data/skills';
import { Battle } from '../../../../app/game/battle/battle';
import { addBuff, bleeding, countDown, viewOf } from '../../../../app/game/battle/buffs';
import type { Fighter } from '../../../../app/game/battle/fighter';
import { hit } from '../../../../app/game/battle/hit';
import { NO_GAINS } from '../../../../app/game/battle/report';
import { Side } from '../../../../app/game/battle/sides';
import { targetsOf } from '../../../../app/game/battle/targets';
import { Unit } from '../../../../app/game/battle/unit';
import { DATA, row } from '../data';
import { MID, MIN, rolls } from '../dice';
import { foes, hero, pet } from './people';

const skill = (id: number) => row(DATA.skills, id);
const buff = (id: number) => row(DATA.buffs, id);

/** Somebody without anything special, at a place. */
function plain(position: number, changes: Partial<Fighter> = {}): Fighter {
  const fighter = { id: position, name: `unit ${position}`, level: 10, icon: 1, quality: 1, position };
  const values = { maxHp: 1000, phyAtt: 100, phyDef: 40, migDef: 10, speed: 50, hitRate: 100, dodge: 0, critRate: 5, power: 0 };
  return { ...fighter, ...values, skills: [], ordinarySkill: skill(610101), ...changes };
}

describe('targets', () => {
  const ids = (attackerAt: number, range: Skill['range'], ...places: number[]) => {
    const attacker = new Unit(plain(attackerAt), 1);
    const enemy = new Side(
      places.map((place) => plain(place)),
      2,
    );
    return targetsOf(attacker, { ...skill(610101), range }, new Side([], 1), enemy).map(({ fighter }) => fighter.position);
  };

  it('are looked for in the own lane first, front to back, then in the others', () => {
    assert.deepEqual(ids(1, 'single', 4, 2, 3), [4]);
    assert.deepEqual(ids(1, 'single', 8, 3), [8]);
    assert.deepEqual(ids(5, 'single', 9, 7), [7]);
    assert.deepEqual(ids(3, 'single', 7, 8), [8]);
  });

  it('are the lane or row of the nearest, or all, in ascending order of battle ids', () => {
    assert.deepEqual(ids(2, 'lane', 8, 2, 3), [2, 8]);
    assert.deepEqual(ids(2, 'row', 6, 5, 1), [5, 6]);
    assert.deepEqual(ids(2, 'all', 9, 1, 5), [1, 5, 9]);
  });

  it('in the back row are all of it, or the lowest battle id', () => {
    assert.deepEqual(ids(3, 'backRow', 1, 9, 7), [7, 9]);
    assert.deepEqual(ids(3, 'backSingle', 1, 9, 7), [7]);
  });

  it('are the nearest when nobody is in the back row', () => {
    assert.deepEqual(ids(3, 'backRow', 1, 6), [6]);
    assert.deepEqual(ids(3, 'backSingle', 1, 6), [6]);
  });

  it('of a skill for the own side are found from where the unit itself stands', () => {
    const own = new Side([plain(2), plain(5), plain(6)], 1);
    const [, healer = new Unit(plain(9), 1)] = own.units;
    const healed = (range: Skill['range']) =>
      targetsOf(healer, { ...skill(610101), range, target: 'own' }, own, new Side([], 2)).map(({ fighter }) => fighter.position);
    assert.deepEqual(healed('single'), [5]);
    assert.deepEqual(healed('row'), [5, 6]);
  });
});

describe('a blow', () => {
  const strike = (attacker: Partial<Fighter>, target: Partial<Fighter>, used: Partial<Skill>, random = MID, isOrdinary = true) => {
    const one = new Unit(plain(5, attacker), 1);
    const other = new Unit(plain(5, target), 2);
    return hit({ attacker: one, view: viewOf(one), skill: { ...skill(610101), ...used }, isOrdinary }, other, random).enemyChangeHp;
  };

  it('takes attack less defence, and a little luck', () => {
    assert.equal(strike({}, {}, {}, rolls(50, 1, 50)), -61);
    assert.equal(strike({}, {}, {}, rolls(50, 5, 50)), -65);
    assert.equal(strike({}, {}, { attribute: 'magic' }, rolls(50, 1, 50)), -91);
  });

  it('takes 1 where armour would turn it into a cure', () => {
    assert.equal(strike({}, { phyDef: 500 }, {}), -1);
  });

  it('takes at least 20 from a unit of level 20 and above', () => {
    assert.equal(strike({}, { level: 20, phyDef: 500 }, {}, rolls(50, 1, 10, 50)), -20);
    assert.equal(strike({}, { level: 20 }, {}, rolls(50, 10, 10, 50)), -70);
  });

  it('misses when the draw reaches hit rate less dodge', () => {
    assert.equal(strike({}, { dodge: 5 }, {}, rolls(95)), 0);
    assert.equal(strike({}, { dodge: 5 }, {}, rolls(94, 1, 50)), -61);
  });

  it('is critical only as an ordinary attack: twice as hard, one and a half times for magic', () => {
    assert.equal(strike({}, {}, {}, rolls(50, 1, 4)), -122);
    assert.equal(strike({}, {}, {}, rolls(50, 1, 5)), -61);
    assert.equal(strike({}, {}, {}, rolls(50, 1, 1), false), -61);
    assert.equal(strike({}, {}, { attribute: 'magic' }, rolls(50, 1, 1)), -137);
  });

  it('of a skill without a factor takes nothing, and its buff lands all the same', () => {
    assert.equal(strike({}, {}, { factor: 0 }), 0);
    const [one, other] = [new Unit(plain(5), 1), new Unit(plain(5), 2)];
    const entry = hit({ attacker: one, view: viewOf(one), skill: skill(100022), isOrdinary: false }, other, MID);
    assert.ok(entry.enemyBuff);
    assert.equal(entry.enemyBuff.buffId, 100022);
  });

  it('leaves no buff behind when the draw is 100', () => {
    const [one, other] = [new Unit(plain(5), 1), new Unit(plain(5), 2)];
    hit({ attacker: one, view: viewOf(one), skill: skill(100008), isOrdinary: false }, other, rolls(50, 1, 100, 50));
    assert.deepEqual(other.buffs, []);
  });

  it('that heals fills up to the maximum at most', () => {
    const [one, other] = [new Unit(plain(5), 1), new Unit(plain(6), 1)];
    other.hp = 950;
    hit({ attacker: one, view: viewOf(one), skill: { ...skill(610101), target: 'own', factor: -0.8 }, isOrdinary: false }, other, MID);
    assert.equal(other.hp, 1000);
  });
});

describe('buffs', () => {
  const unit = () => new Unit(plain(5), 2);
  const other = new Unit(plain(1, { phyAtt: 57 }), 1);

  it('weaken, however often they are stacked', () => {
    const holder = unit();
    addBuff(holder, buff(100017), other);
    addBuff(holder, buff(100017), other);
    addBuff(holder, buff(100030), other);
    assert.equal(holder.buffs[0]?.stack, 2);
    assert.deepEqual(viewOf(holder), { phyAtt: 70, phyDef: 20, isSilenced: false });
  });

  it('last as long when they are renewed as when they are new', () => {
    const holder = unit();
    addBuff(holder, buff(100016), other);
    const fresh = holder.buffs[0]?.remaining;
    countDown(holder);
    addBuff(holder, buff(100016), other);
    assert.equal(holder.buffs[0]?.remaining, fresh);
  });

  it('are stacked up to their limit', () => {
    const holder = unit();
    for (let times = 0; times < 5; times++) addBuff(holder, buff(100016), other);
    assert.deepEqual(
      holder.buffs.map(({ stack }) => stack),
      [2],
    );
  });

  it('that end in the same turn all end', () => {
    const holder = unit();
    for (const id of [100008, 100029, 100030]) addBuff(holder, buff(id), other);
    countDown(holder);
    assert.equal(holder.buffs.length, 3);
    countDown(holder);
    assert.deepEqual(holder.buffs, []);
  });

  it('that bleed a unit add up, and take whole hit points', () => {
    const holder = unit();
    addBuff(holder, buff(100016), other);
    assert.equal(bleeding(holder), 86);
    addBuff(holder, { ...buff(100016), id: 1, type: 99 }, other);
    assert.equal(bleeding(holder), 171);
  });

  it('of one type replace each other, unless the older is stacked', () => {
    const rival = { ...buff(100016), id: 1 };
    const holder = unit();
    addBuff(holder, buff(100016), other);
    addBuff(holder, rival, other);
    assert.deepEqual(
      holder.buffs.map(({ buff: { id } }) => id),
      [1],
    );
    addBuff(holder, rival, other);
    addBuff(holder, buff(100016), other);
    assert.deepEqual(
      holder.buffs.map(({ buff: { id }, stack }) => [id, stack]),
      [[1, 2]],
    );
  });

  it('that drain take the power that skills are paid with, when they land', () => {
    const holder = new Unit(plain(5, { power: 80 }), 2);
    addBuff(holder, buff(100024), other);
    assert.equal(holder.power, 0);
  });

  it('are reported with name, description and what is left of them', () => {
    const attacker = plain(5, { skills: [skill(100016)], power: 100 });
    const battle = new Battle([attacker], [plain(5, { speed: 0 })], MID);
    battle.playRound();
    const [step] = battle.report(NO_GAINS).stepData;
    assert.deepEqual(step?.enemyChaArr[0]?.enemyBuff, {
      buffId: 100016,
      buffLayerCount: 1,
      buffRemainRoundCount: 3,
      buffEffectId: 0,
      buffIconId: 100016,
      buffName: 'Poisoned',
      buffDes: 'Loses hit points before each action.',
    });
  });
});

describe('turns', () => {
  const steps = (battle: Battle, rounds: number) => {
    for (let round = 0; round < rounds; round++) battle.playRound();
    return battle.report(NO_GAINS).stepData.map(({ chaBattleId, skill: used, actionId }) => `${chaBattleId} ${used} ${actionId}`);
  };

  it('go by speed, and by battle id where that is equal', () => {
    const battle = new Battle([plain(9), plain(1)], [plain(2, { speed: 51 }), plain(5)], MID);
    assert.deepEqual(steps(battle, 1), ['22 610101 99', '11 610101 99', '19 610101 99', '25 610101 99']);
  });

  it('of players gain power by ordinary attacks, whatever their skill says, and pay for the skills of their equipment', () => {
    const scroll = 55000015;
    const battle = new Battle([hero(1, 10, 5, [scroll])], [plain(5, { maxHp: 100_000, phyAtt: 0, speed: 0 })], MID);
    assert.deepEqual(steps(battle, 2), ['15 100006 99', '25 610101 99', '15 100015 98', '25 610101 99']);
    assert.equal(battle.units[0]?.power, 8);
  });

  it('use skills one after the other, each again when its cooldown is over', () => {
    const skills = [skill(100019), { ...skill(100007), power: 0 }];
    const battle = new Battle([plain(5, { skills, power: 100 })], [plain(5, { maxHp: 100_000, phyAtt: 0, speed: 0 })], MID);
    const used = steps(battle, 5).filter((step) => step.startsWith('15'));
    assert.deepEqual(used, ['15 100019 98', '15 100007 98', '15 610101 99', '15 100007 98', '15 100019 98']);
  });

  it('of a silenced unit do nothing', () => {
    const battle = new Battle([plain(5, { skills: [skill(100022)], power: 100 })], [plain(5, { speed: 0 })], MID);
    assert.deepEqual(steps(battle, 1), ['15 100022 98']);
  });

  it('of a unit that poison kills end there', () => {
    const poison = plain(5, { skills: [skill(100016)], power: 50 });
    const battle = Battle.fight([poison], [plain(5, { speed: 0, maxHp: 100 })], MID);
    const [, last] = battle.report(NO_GAINS).stepData;
    assert.deepEqual(last, {
      chaBattleId: -1,
      chaId: -1,
      skill: 0,
      actionId: -1,
      chaCurrentHp: 0,
      chaTotalHp: 0,
      chaExpendHp: 0,
      txtEffectId: -1,
      chaBuff: 0,
      enemyChaArr: [
        { enemyBattleId: 25, enemyChaId: 5, enemyActionId: 96, enemyChangeHp: -150, enemyCurrentHp: 37, enemyTotalHp: 100, enemyBuff: 0 },
      ],
    });
    assert.deepEqual([battle.result, battle.stars], [1, 3]);
  });
});

describe('a battle', () => {
  it('that nobody can decide is lost after 15 rounds', () => {
    const battle = Battle.fight([plain(5, { phyAtt: 0 })], [plain(5, { phyAtt: 0 })], MID);
    assert.deepEqual([battle.rounds, battle.result, battle.stars], [15, 2, 0]);
  });

  it('refuses two units at one place, and a place that is none', () => {
    assert.throws(() => new Battle([plain(5), plain(5)], foes(1000), MIN), /unit 5 stands at 5, where somebody else stands/);
    assert.throws(() => new Battle([plain(10)], foes(1000), MIN), /unit 10 stands at 10; places are 1 to 9/);
  });

  it('has a pet of the first level with a hit point at least', () => {
    assert.equal(pet(15005, 1, 5).maxHp, 1);
  });

  it('can be fought in every chapter', () => {
    for (const chapter of DATA.chapters.keys()) {
      for (const dice of [MID, MIN]) {
        const party = [hero(1, 30), pet(15004, 30, 1), pet(15068, 30, 8)];
        assert.ok(Battle.fight(party, foes(chapter), dice).report(NO_GAINS).stepData.length > 0, `chapter ${chapter}`);
      }
    }
  });
});
