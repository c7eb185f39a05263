import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enteredReply, statusReply } from '../../../app/game/character/replies';
import { fieldsToSave, playerFrom } from '../../../app/game/players/player';

const ROW = { id: 1000001, nickname: '萤火', profession: 1, level: 10, exp: 7, coin: 10_000, gold: 0, energy: 12, energytime: 1_000 };
const SECOND = 1000;

describe('a player', () => {
  it('is answered to 103 with exactly these fields', () => {
    assert.deepEqual(enteredReply(playerFrom(ROW, 5), 1_000 * SECOND), {
      result: true,
      message: '',
      data: { cid: 1000001, name: '萤火', level: 10, exp: 7, maxexp: 9200, coin: 10_000, yuanbao: 0, power: 560, gas: 12, profession: 1 },
    });
  });

  it('is answered to 105 with exactly these fields', () => {
    assert.deepEqual(statusReply(playerFrom(ROW, 5), 2_800 * SECOND), {
      result: true,
      message: '',
      data: {
        characterId: 1000001,
        rolename: '萤火',
        level: 10,
        exp: 7,
        maxexp: 9200,
        coin: 10_000,
        gold: 0,
        tili: 560,
        tilimax: 560,
        huoli: 13,
        maxhuoli: 30,
        profession: 1,
      },
    });
  });

  it('saves what changed, its energy and when it left', () => {
    const player = playerFrom(ROW, 5);
    assert.deepEqual(fieldsToSave(player, 1_000 * SECOND), { LastonlineTime: '1970-01-01 00:16:40' });
    player.coin = 9_000;
    assert.deepEqual(fieldsToSave(player, 2_900 * SECOND), {
      coin: 9_000,
      energy: 13,
      energytime: 2_800,
      LastonlineTime: '1970-01-01 00:48:20',
    });
  });

  it('of a profession that does not exist is refused with the name of its row', () => {
    assert.throws(() => playerFrom({ ...ROW, profession: 9 }, 5), /tb_character 1000001: there is no profession 9/);
  });
});
