import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Skill } from '../../../../app/data/skills';
import { viewOf } from '../../../../app/game/battle/buffs';
import type { Fighter } from '../../../../app/game/battle/fighter';
import { hit } from '../../../../app/game/battle/hit';
import { Unit } from '../../../../app/game/battle/unit';
import { DATA, row } from '../data';
import { MID, MIN, rolls } from '../dice';
import { plain } from './people';

const skill = (id: number) => row(DATA.skills, id);

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

  it('takes and heals whole hit points, one at least', () => {
    const heal = (factor: number, phyAtt: number) => strike({ phyAtt }, {}, { target: 'own', factor }, MID, false);
    assert.deepEqual([heal(-0.792, 100), heal(-0.8, 100), heal(-0.5, 1), heal(-0.5, 0)], [79, 80, 1, 0]);
    assert.equal(strike({ phyAtt: 1 }, {}, { target: 'own', factor: -0.5 }, MIN), 1);
  });

  it('that heals fills up to the maximum at most', () => {
    const [one, other] = [new Unit(plain(5), 1), new Unit(plain(6), 1)];
    other.hp = 950;
    hit({ attacker: one, view: viewOf(one), skill: { ...skill(610101), target: 'own', factor: -0.8 }, isOrdinary: false }, other, MID);
    assert.equal(other.hp, 1000);
  });
});
