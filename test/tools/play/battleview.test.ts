import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BattleReport } from '../../../app/game/battle/report';
import { blows, lineUp, outcome } from '../../../tools/play/battleview';

const WOLF = { enemyBattleId: 2, enemyChaId: 9, enemyActionId: 97, enemyTotalHp: 20, enemyBuff: 0 } as const;
const STEP = { chaId: 1, actionId: 99, chaCurrentHp: 56, chaTotalHp: 56, chaExpendHp: 0, txtEffectId: 0, chaBuff: 0 } as const;
const BURNING = { buffId: 1, buffLayerCount: 1, buffRemainRoundCount: 2, buffEffectId: 0, buffIconId: 0, buffName: 'Burning', buffDes: '' };

const REPORT: BattleReport = {
  battleResult: 1,
  startData: [
    { chaId: 1, chaBattleId: 1, chaName: 'Ada', chaLevel: 3, chaDirection: 1, chaCurrentHp: 56, chaTotalHp: 56, chaPos: 5 },
    { chaId: 9, chaBattleId: 2, chaName: 'Wolf', chaLevel: 1, chaDirection: 2, chaCurrentHp: 20, chaTotalHp: 20, chaPos: 4 },
  ],
  stepData: [
    { ...STEP, chaBattleId: 1, skill: 7, enemyChaArr: [{ ...WOLF, enemyChangeHp: -5, enemyCurrentHp: 20, enemyBuff: BURNING }] },
    { ...STEP, chaBattleId: -1, skill: 0, enemyChaArr: [{ ...WOLF, enemyChangeHp: -3, enemyCurrentHp: 15 }] },
    { ...STEP, chaBattleId: 1, skill: 7, enemyChaArr: [{ ...WOLF, enemyChangeHp: 0, enemyCurrentHp: 12 }] },
    { ...STEP, chaBattleId: 1, skill: 8, enemyChaArr: [{ ...WOLF, enemyChangeHp: -40, enemyCurrentHp: 12 }] },
  ],
  setData: { coin: 248, exp: 124, star: 3, item: [20030055], huoli: -1 },
};

describe('a battle in the terminal', () => {
  it('begins with both sides', () => {
    assert.deepEqual(lineUp(REPORT), ['  5  Ada, level 3  [##########] 56/56', '    against', '  4  Wolf, level 1  [##########] 20/20']);
  });

  it('shows each blow with what is left, also a miss, what buffs do, and who falls', () => {
    const names = (skill: number) => (skill === 7 ? 'Slash' : undefined);
    assert.deepEqual(blows(REPORT, names), [
      ['  Ada: Slash', '    Wolf -5  [########..] 15/20  (Burning)'],
      ['  what clings to them hurts', '    Wolf -3  [######....] 12/20'],
      ['  Ada: Slash', '    Wolf missed  [######....] 12/20'],
      ['  Ada: a blow', '    Wolf -40  [..........] 0/20  falls'],
    ]);
  });

  it('ends with what it brought', () => {
    assert.deepEqual(
      outcome(REPORT, (template) => `item ${template}`),
      ['Won: 124 experience, 248 coins, item 20030055.'],
    );
    assert.deepEqual(outcome({ ...REPORT, battleResult: 2 }, String), ['Lost. Grow stronger, and try again.']);
  });
});
