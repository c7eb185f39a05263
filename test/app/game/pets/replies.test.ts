import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newPet } from '../../../../app/game/pets/pet';
import { petColumns, petFrom, wholePet } from '../../../../app/game/pets/petrow';
import { petListReply } from '../../../../app/game/pets/replies';
import type { Pet as PetRow } from '../../../../app/share/tables';
import { DATA, row } from '../data';

const TEMPLATE = row(DATA.pets, 15005);

const UNUSED = { hp: 100, showed: 0, chuancheng: 0, _chuancheng: 0 };
const petRow = (changes: Partial<PetRow> = {}): PetRow => ({
  ...(petColumns(newPet(TEMPLATE)) as PetRow),
  ...UNUSED,
  id: 3_000_001,
  ownerID: 1_000_001,
  name: '',
  ...changes,
});

describe("a pet's row", () => {
  it('is written as it is read', () => {
    const pet = petFrom(petRow({ level: 7, exp: 5, energy: 3 }));
    assert.deepEqual(pet, { id: 3_000_001, templateId: 15005, level: 7, exp: 5, energy: 3, growth: TEMPLATE.growth });
    assert.deepEqual(petFrom(petRow(petColumns(pet))), pet);
  });

  it('is named when its template is gone', () => {
    assert.throws(() => wholePet(petRow({ templateID: 4 })), /tb_pet 3000001: there is no pet template 4/);
  });
});

describe('the answer to command 2300', () => {
  it('has pets under their own name or their template’s, and hired players', () => {
    const own = [petRow({ energy: 4 }), petRow({ id: 3_000_002, name: 'Rex', level: 20 })].map(wholePet);
    const reply = petListReply(own, [{ id: 1_000_002, name: 'Ada', level: 3, profession: 2 }]);
    const shown = { chatype: 3, tempid: 15005, icon: TEMPLATE.icon, guanqia: 'none', skill: TEMPLATE.skill.name, minjie: 1 };
    const hired = { chatype: 2, tempid: 2, icon: 2, level: 'none', guanqia: 'none', skill: 'none', minjie: 0 };
    assert.deepEqual(reply, {
      result: true,
      message: '',
      data: {
        petlist: [
          { ...shown, chaid: 3_000_001, rolename: TEMPLATE.name, level: 1, attack: 7, fangyu: 0, tili: 1, price: 1000, exp: 4 },
          { ...shown, chaid: 3_000_002, rolename: 'Rex', level: 20, attack: 238, fangyu: 48, tili: 288, price: 20_000, exp: 0 },
          { ...hired, chaid: 1_000_002, rolename: 'Ada', attack: 0, fangyu: 0, tili: 0, price: 3000, exp: 0 },
        ],
      },
    });
  });
});
