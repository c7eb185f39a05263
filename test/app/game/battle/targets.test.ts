import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Skill } from '../../../../app/data/skills';
import { Side } from '../../../../app/game/battle/sides';
import { targetsOf } from '../../../../app/game/battle/targets';
import { Unit } from '../../../../app/game/battle/unit';
import { DATA, row } from '../data';
import { plain } from './people';

const skill = (id: number) => row(DATA.skills, id);

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
