import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FightingCharacter, FightingPet } from '../../../../app/game/battle/fighters';
import { formationReply } from '../../../../app/game/formation/replies';
import { FIRST_FORMATION, HERO } from '../../../../app/game/formation/rules';
import { DATA, row } from '../data';

const PET = 3_000_001;
const HIRED = 1_000_002;

function character(id: number, profession: number): FightingCharacter {
  return { id, name: `player ${id}`, level: 1, profession: row(DATA.professions, profession), worn: [] };
}

const template = row(DATA.pets, 15005);
const pet: FightingPet = { id: PET, name: '', level: 1, template, growth: template.growth };
const companions = {
  hero: character(1_000_001, 4),
  pets: new Map([[PET, pet]]),
  hired: new Map([[HIRED, character(HIRED, 3)]]),
};

describe('the answer to command 2306', () => {
  it('is who stands where, in the order of the places, without who is gone', () => {
    const places = FIRST_FORMATION.with(0, PET)
      .with(8, HIRED)
      .with(1, PET + 1);
    assert.deepEqual(formationReply(places, companions).data, {
      matrix: [
        { pos: 1, chatype: 3, chaid: PET, tempid: 15005 },
        { pos: 5, chatype: 1, chaid: 1_000_001, tempid: 4 },
        { pos: 9, chatype: 2, chaid: HIRED, tempid: 3 },
      ],
    });
    assert.equal(places[4], HERO);
  });
});
