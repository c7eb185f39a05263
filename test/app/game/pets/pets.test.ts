import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { petAttributes, petQuality } from '../../../../app/game/pets/attributes';
import { feedPet, gainPetExperience } from '../../../../app/game/pets/feeding';
import { newPet, type Pet } from '../../../../app/game/pets/pet';
import { swallow } from '../../../../app/game/pets/swallowing';
import { SeededRandom } from '../../../../app/game/random';
import { train, trainingCost } from '../../../../app/game/training/rules';
import { DATA, refuses, row } from '../data';
import { MID, MIN } from '../dice';

const template = (id: number) => row(DATA.pets, id);
const pet = (templateId: number, changes: Partial<Pet> = {}): Pet => ({ id: 3_000_001, ...newPet(template(templateId)), ...changes });
const other = (templateId: number, changes: Partial<Pet> = {}) => pet(templateId, { id: 3_000_002, ...changes });

describe('a pet', () => {
  it('has the attributes that its growth gives it at its level', () => {
    const { maxHp, phyAtt, phyDef, migDef, speed } = petAttributes(template(15177).growth, 5);
    assert.deepEqual([maxHp, phyAtt, phyDef, migDef, speed], [72, 28, 12, 12, 47.5]);
  });

  it('begins with the growth of its template', () => {
    assert.deepEqual(newPet(template(15001)), {
      templateId: 15001,
      level: 1,
      exp: 0,
      energy: 0,
      growth: { str: 16, vit: 26, dex: 28, wis: 1 },
    });
  });

  it('is of the quality of its grade, by the sum of its growth', () => {
    for (const { growth, quality, name } of DATA.pets.values()) assert.equal(petQuality(growth), quality, name);
  });
});

describe('experience of a pet', () => {
  it('raises it by the table for pets, up to level 100', () => {
    assert.deepEqual(gainPetExperience({ level: 1, exp: 0 }, 350), { level: 3, exp: 50 });
    assert.deepEqual(gainPetExperience({ level: 11, exp: 0 }, 1200), { level: 12, exp: 0 });
    assert.equal(gainPetExperience({ level: 90, exp: 0 }, 99_999_999).level, 100);
    assert.deepEqual(gainPetExperience({ level: 100, exp: 5 }, 1000), { level: 100, exp: 5 });
  });

  it('comes from pets that it eats: half of what they had learnt, and something for each', () => {
    assert.deepEqual(feedPet(pet(15001), [other(15001)], 10).exp, 50);
    const { level, exp } = feedPet(pet(15001), [other(15001, { level: 3, exp: 51 })], 10);
    assert.deepEqual([level, exp], [2, 125]);
  });

  it('is refused to a pet that has reached its owner, and to one that would eat itself or one twice', () => {
    refuses('ownerLevelTooLow', () => feedPet(pet(15001), [other(15001)], 1));
    refuses('petIsSame', () => feedPet(pet(15001), [pet(15001)], 10));
    refuses('petIsSame', () => feedPet(pet(15001), [other(15001), other(15001)], 10));
    refuses('petIsSame', () => feedPet(pet(15001), [], 10));
  });
});

describe('a pet that swallows another', () => {
  it('keeps what it has swallowed until it is enough', () => {
    const { templateId, energy, growth } = swallow(pet(15001), other(15005), DATA.pets);
    assert.deepEqual([templateId, energy, growth], [15001, 1, template(15001).growth]);
  });

  it('takes the growth of its next grade, and keeps the rest', () => {
    const { templateId, energy, growth } = swallow(pet(15001, { energy: 4 }), other(15005, { energy: 2 }), DATA.pets);
    assert.deepEqual([templateId, energy, growth], [15002, 2, template(15002).growth]);
  });

  it('passes several grades at once', () => {
    const { templateId, energy } = swallow(pet(15001), other(15008), DATA.pets);
    assert.deepEqual([templateId, energy], [15003, 45]);
    assert.deepEqual(swallow(pet(15001), other(15008, { energy: 500 }), DATA.pets).templateId, 15004);
  });

  it('is not itself, not of the last grade, and a pet that there is', () => {
    refuses('petIsSame', () => swallow(pet(15001), pet(15001), DATA.pets));
    refuses('fullyGrown', () => swallow(pet(15004), other(15001), DATA.pets));
    refuses('petMissing', () => swallow(pet(15001), other(15001, { templateId: 1 }), DATA.pets));
  });

  it('loses none of what was swallowed', () => {
    // What a grade has taken, and what its energy is worth, from the first grade on.
    const taken = (one: Pet) => [0, 5, 55, 555][template(one.templateId).quality - 1];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 3 }), fc.nat(4), fc.nat(900), (grade, eaten, energy, worth) => {
        const eater = pet(15001 + grade, { energy });
        const after = swallow(eater, other(15005 + eaten, { energy: worth }), DATA.pets);
        const gained = (taken(after) ?? 0) + after.energy - (taken(eater) ?? 0) - eater.energy;
        assert.equal(gained, template(15005 + eaten).energy + worth);
      }),
    );
  });
});

describe('training', () => {
  const growth = { str: 16, vit: 26, dex: 28, wis: 1 };

  it('costs ten times as much ten times', () => {
    assert.deepEqual(trainingCost('coin', 1), { scrolls: 1, coin: 200, gold: 0 });
    assert.deepEqual(trainingCost('gold', 10), { scrolls: 10, coin: 0, gold: 200 });
  });

  it('changes each growth by what the quality of the pet lets it', () => {
    const offer = (fee: 'coin' | 'gold', dice = MID) => train(growth, template(15001), DATA.training, { fee, times: 1 }, dice);
    assert.deepEqual(offer('coin'), { str: 18, vit: 28, dex: 30, wis: 1 });
    assert.deepEqual(offer('coin', MIN), { str: 11, vit: 21, dex: 23, wis: 1 });
  });

  it('stays between one and half as much again as the template has', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...DATA.pets.values()), fc.constantFrom('coin' as const, 'gold' as const), (seed, of, fee) => {
        const random = SeededRandom.from(seed);
        let trained = of.growth;
        for (let time = 0; time < 5; time++) trained = train(trained, of, DATA.training, { fee, times: 10 }, random);
        for (const key of ['str', 'vit', 'dex'] as const) assert.ok(trained[key] >= 1 && trained[key] <= of.growth[key] * 1.5);
        assert.equal(trained.wis, 1);
      }),
    );
  });
});
