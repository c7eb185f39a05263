import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arenaLogReply, arenaReply } from '../../../../app/game/arena/replies';
import { firstStanding } from '../../../../app/game/arena/rules';

describe('the answer to command 3700', () => {
  it('is rank, fights left and opponents', () => {
    const opponent = { characterId: 1_000_001, ranking: 1, nickname: 'first', level: 3, profession: 2 };
    const standing = { ...firstStanding(1_000_002, 1, '2026-05-01'), fightsLeft: 9, hasReward: true };
    assert.deepEqual(arenaReply(standing, [opponent]), {
      result: true,
      message: '',
      data: { ranking: 2, sptimes: 9, dsList: [opponent], receive: 1 },
    });
  });
});

describe('the log of the arena', () => {
  it('shows who challenged whom, how it ended, and when', () => {
    const names = { tiaozhan: 1_000_002, tiaozhanname: 'second', yingzhan: 1_000_001, yingzhanname: 'first' };
    const fight = { ...names, success: 1, rankingChange: 1, recordtime: '2026-05-01 10:00:00' };
    assert.deepEqual(arenaLogReply([{ id: 4, ...fight }]).data, { loglist: [fight] });
  });
});
