import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { trainedReply } from '../../../../app/game/training/replies';
import { shopReply } from '../../../../app/game/wineshop/replies';
import { SOLD } from '../../../../app/game/wineshop/rules';
import { DATA, row } from '../data';

describe('the wine shop', () => {
  it('shows each pet at its place, and none where it is bought', () => {
    const pet = row(DATA.pets, 15002);
    assert.deepEqual(shopReply({ offers: [SOLD, 15002, SOLD], since: 1_000 }, DATA.pets, 1_600), {
      result: true,
      message: '',
      data: {
        petlist: [{ pos: 2, tempid: 15002, rolename: pet.name, icon: pet.icon, quality: 2, skill: pet.skill.name, price: 4800 }],
        left: 1_200,
        refreshgold: 10,
      },
    });
  });
});

describe('training', () => {
  it('shows what a pet is, and what it would become', () => {
    const growth = { str: 1, vit: 2, dex: 3, wis: 4 };
    assert.deepEqual(trainedReply(3_000_001, growth, { ...growth, str: 9 }).data, {
      petid: 3_000_001,
      now: { str: 1, vit: 2, dex: 3, wis: 4 },
      trained: { str: 9, vit: 2, dex: 3, wis: 4 },
    });
  });
});
