import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Battle } from '../../../../app/game/battle/battle';
import { NO_GAINS } from '../../../../app/game/battle/report';
import { DATA, row } from '../data';
import { MID, MIN } from '../dice';
import { foes, hero, pet, plain } from './people';

const skill = (id: number) => row(DATA.skills, id);

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

  it('keep a skill for as many further turns as its cooldown says', () => {
    const skills = [{ ...skill(100007), power: 0, cooldown: 1 }];
    const battle = new Battle([plain(5, { skills })], [plain(5, { maxHp: 100_000, phyAtt: 0, speed: 0 })], MID);
    const used = steps(battle, 4).filter((step) => step.startsWith('15'));
    assert.deepEqual(used, ['15 100007 98', '15 610101 99', '15 100007 98', '15 610101 99']);
  });

  it('gain whole power, the more the faster the unit is for its level', () => {
    const battle = new Battle([plain(5, { speed: 54 })], [plain(5, { speed: 13, level: 5 })], MID);
    battle.playRound();
    assert.deepEqual(
      battle.units.map(({ power }) => power),
      [10, 5],
    );
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
