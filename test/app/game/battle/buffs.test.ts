import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Battle } from '../../../../app/game/battle/battle';
import { addBuff, bleeding, countDown, viewOf } from '../../../../app/game/battle/buffs';
import { NO_GAINS } from '../../../../app/game/battle/report';
import { Unit } from '../../../../app/game/battle/unit';
import { DATA, row } from '../data';
import { MID } from '../dice';
import { plain } from './people';

const skill = (id: number) => row(DATA.skills, id);
const buff = (id: number) => row(DATA.buffs, id);

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
