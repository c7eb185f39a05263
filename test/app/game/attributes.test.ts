import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_EQUIPMENT } from '../../../app/data/bonus';
import { GAME_DATA } from '../../../app/data/gamedata';
import { attributesOf } from '../../../app/game/character/attributes';

/** Profession, level | Str Dex Vit Wis | MaxHp PhyAtt PhyDef MigAtt MigDef Speed: results of the original server. */
const GOLDEN = `
1 1 | 10 5 8 3 | 56 40 6 12 15 45
1 10 | 100 50 80 30 | 560 400 60 120 158 90
1 50 | 500 250 400 150 | 2800 2000 300 600 790 290
2 1 | 2 5 6 12 | 30 8 5 48 15 45
2 10 | 20 50 60 120 | 300 80 56 480 150 90
2 50 | 100 250 300 600 | 1500 400 280 2400 750 290
3 1 | 11 5 6 3 | 36 44 6 12 12 45
3 10 | 110 50 60 30 | 360 440 62 120 126 90
3 50 | 550 250 300 150 | 1800 2200 310 600 630 290
4 1 | 5 5 5 2 | 75 25 15 3 16 50
4 10 | 50 50 50 20 | 750 250 150 30 160 140
4 50 | 250 250 250 100 | 3750 1250 750 150 800 540
5 1 | 5 5 5 5 | 25 25 20 10 20 50
5 10 | 50 50 50 50 | 250 250 200 100 200 140
5 50 | 250 250 250 250 | 1250 1250 1000 500 1000 540`;

function attributes(profession: number, level: number, equipment = NO_EQUIPMENT) {
  const found = GAME_DATA.en.professions.get(profession);
  assert.ok(found);
  return attributesOf(found, level, equipment);
}

describe('attributes of a character', () => {
  for (const line of GOLDEN.trim().split('\n')) {
    const [[profession = 0, level = 0] = [], primary, derived] = line.split('|').map((part) => part.trim().split(/\s+/).map(Number));
    it(`are the original's for profession ${profession} at level ${level}`, () => {
      const a = attributes(profession, level);
      assert.deepEqual([a.str, a.dex, a.vit, a.wis], primary);
      assert.deepEqual([a.maxHp, a.phyAtt, a.phyDef, a.migAtt, a.migDef, a.speed], derived);
      assert.deepEqual([a.hitRate, a.dodge, a.critRate, a.block], [100, 0, 5, 0]);
    });
  }

  it('count equipment before it is converted and percentages after', () => {
    const a = attributes(1, 1, { ...NO_EQUIPMENT, str: 1, maxHp: 4, maxHpPercent: 0.5, dodge: 2 });
    assert.equal(a.phyAtt, 44);
    assert.equal(a.maxHp, 90);
    assert.equal(a.dodge, 2);
  });
});
