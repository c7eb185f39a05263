import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributesOf } from '../../../app/game/character/attributes';
import { enteredReply, statusReply } from '../../../app/game/character/replies';
import { DATA, row } from './data';

const ROW = {
  id: 1000001,
  nickname: '萤火',
  createtime: null,
  LastonlineTime: null,
  viptype: 0,
  profession: 1,
  figure: 0,
  sex: 1,
  level: 10,
  exp: 7,
  coin: 10_000,
  gold: 0,
  vipexp: 0,
  energy: 12,
  energytime: 1_000,
  hp: 500,
  town: 1000,
  packageSize: 24,
  guanqia: 1000,
  revision: 0,
  entries: 0,
};
const STATUS = { row: ROW, attributes: attributesOf(row(DATA.professions, 1), 10) };
const SECOND = 1000;

describe('a player', () => {
  it('is answered to 103 with exactly these fields', () => {
    assert.deepEqual(enteredReply(STATUS, 1_000 * SECOND), {
      result: true,
      message: '',
      data: { cid: 1000001, name: '萤火', level: 10, exp: 7, maxexp: 9200, coin: 10_000, yuanbao: 0, power: 560, gas: 12, profession: 1 },
    });
  });

  it('is answered to 105 with exactly these fields', () => {
    assert.deepEqual(statusReply(STATUS, 2_800 * SECOND), {
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
});
