import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectedPlayer } from '../../../../app/game/inspect/replies';
import { DATA, row } from '../data';

const hero = { id: 1_000_001, name: 'looked at', level: 10, profession: row(DATA.professions, 1) };

describe('a player that is inspected', () => {
  it('is shown with exactly these fields', () => {
    assert.deepEqual(inspectedPlayer({ ...hero, worn: [] }), {
      result: true,
      message: '',
      data: {
        chaid: 1_000_001,
        rolename: 'looked at',
        icon: 1,
        level: 10,
        guanqia: 'none',
        skill: 'none',
        attack: 400,
        fangyu: 60,
        tili: 560,
        minjie: 90,
        price: 10_000,
      },
    });
  });

  it('is shown with what it wears, and the first skill of that', () => {
    const worn = [...DATA.items.values()].find(({ slot, skill }) => slot !== undefined && skill);
    assert.ok(worn?.skill);
    const shown = inspectedPlayer({ ...hero, worn: [worn] }).data as { readonly skill: string };
    assert.equal(shown.skill, worn.skill.name);
  });
});
