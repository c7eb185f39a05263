import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_EQUIPMENT } from '../../../../app/data/bonus';
import { attributesOf } from '../../../../app/game/character/attributes';
import { equipmentBonus, equippedSkills } from '../../../../app/game/equipment/bonus';
import { openEgg } from '../../../../app/game/equipment/eggs';
import { feedItem } from '../../../../app/game/equipment/growing';
import { equip, takeOff, wornItems } from '../../../../app/game/equipment/slots';
import { DATA, refuses, row } from '../data';
import { rolls } from '../dice';

const item = (id: number) => row(DATA.items, id);
const EMPTY = Array.from({ length: 10 }, () => -1);

describe('equipment', () => {
  it('goes into the slot of its kind, in place of what was there', () => {
    const slots = equip(equip(EMPTY, 11, item(10150001), 1), 12, item(10150002), 1);
    assert.deepEqual(wornItems(slots), [{ slot: 1, itemId: 12 }]);
    assert.deepEqual(wornItems(equip(slots, 13, item(10150005), 1)), [
      { slot: 1, itemId: 12 },
      { slot: 2, itemId: 13 },
    ]);
  });

  it('is refused when it is nothing to wear or its wearer has not the level', () => {
    refuses('notEquipment', () => equip(EMPTY, 11, item(53000001), 1));
    refuses('levelTooLow', () => equip(EMPTY, 11, { ...item(10150001), levelRequired: 2 }, 1));
  });

  it('is taken off only where it is worn', () => {
    const slots = equip(EMPTY, 11, item(10150001), 1);
    assert.deepEqual(takeOff(slots, 11), EMPTY);
    refuses('notWorn', () => takeOff(slots, 12));
    refuses('notWorn', () => takeOff(slots, -1));
  });

  it('adds up, and what it does not name counts as nothing', () => {
    const worn = [10150001, 10150005, 10150009, 10150013, 10150017].map(item);
    assert.deepEqual(equipmentBonus(worn), { ...NO_EQUIPMENT, phyAtt: 5, maxHp: 10, phyDef: 1, dodge: 1, critRate: 1 });
    const profession = row(DATA.professions, 1);
    const { phyAtt, maxHp, phyDef, dodge, critRate } = attributesOf(profession, 1, equipmentBonus(worn));
    assert.deepEqual([phyAtt, maxHp, phyDef, dodge, critRate], [45, 66, 7, 1, 6]);
  });

  it('of one set gives what so many pieces give, and its primary attributes count in full', () => {
    const set = row(DATA.sets, 1000001);
    const pieces = (count: number) => Array.from({ length: count }, () => ({ ...item(10150001), bonus: {}, set }));
    assert.deepEqual(equipmentBonus(pieces(2)), NO_EQUIPMENT);
    assert.deepEqual(equipmentBonus(pieces(3)), { ...NO_EQUIPMENT, maxHp: 400 });
    assert.deepEqual(equipmentBonus(pieces(6)), { ...NO_EQUIPMENT, maxHp: 400, str: 40 });
    assert.equal(attributesOf(row(DATA.professions, 1), 1, equipmentBonus(pieces(6))).phyAtt, 200);
  });

  it('brings each of its skills once', () => {
    const worn = [item(55000015), item(10150001), item(55000015)];
    assert.deepEqual(
      equippedSkills(worn).map(({ id }) => id),
      [100015],
    );
  });
});

describe('equipment that is fed', () => {
  const fed = (eater: number, exp: number, food: number, foodExp = 0) =>
    feedItem({ id: 1, templateId: eater, exp }, { id: 2, templateId: food, exp: foodExp }, DATA.items);

  it('grows when it has eaten enough, and keeps the rest', () => {
    assert.deepEqual(fed(10150005, 0, 10150020), { id: 1, templateId: 10150005, exp: 1 });
    assert.deepEqual(fed(10150005, 0, 10150005), { id: 1, templateId: 10150006, exp: 0 });
    assert.deepEqual(fed(10150005, 3, 10150006, 4), { id: 1, templateId: 10150007, exp: 2 });
  });

  it('is refused what it cannot eat, itself above all, and has an end', () => {
    refuses('notFood', () => fed(10150005, 0, 53000001));
    refuses('notFood', () => feedItem({ id: 1, templateId: 10150005, exp: 0 }, { id: 1, templateId: 10150005, exp: 0 }, DATA.items));
    refuses('fullyGrown', () => fed(10150008, 0, 10150005));
    refuses('fullyGrown', () => fed(53000001, 0, 10150005));
  });
});

describe('an egg', () => {
  const egg = item(51000001);
  const owner = { level: 1, pets: 9 };

  it('gives the rare pet in one case of ten', () => {
    assert.equal(openEgg(egg, owner, rolls(9_999)).id, 15004);
    assert.equal(openEgg(egg, owner, rolls(10_000)).id, 15003);
  });

  it('stays closed when its owner has ten pets, and when it is none', () => {
    refuses('petsFull', () => openEgg(egg, { level: 1, pets: 10 }, rolls()));
    refuses('notUsable', () => openEgg(item(53000001), owner, rolls()));
    refuses('levelTooLow', () => openEgg({ ...egg, levelRequired: 2 }, owner, rolls()));
  });
});
