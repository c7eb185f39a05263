import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { partyOf } from '../../../../app/game/formation/party';
import { FIRST_FORMATION, HERO, join, leave, move, type Places, UNIT_KINDS, unitsIn, without } from '../../../../app/game/formation/rules';
import { Refused } from '../../../../app/share/refused';
import { DATA, refuses, row } from '../data';

const PET = 3_000_001;
const FRIEND = 1_000_002;
const pet = (id = PET, level = 1) => ({ kind: UNIT_KINDS.pet, id, level });
const hired = (id = FRIEND) => ({ kind: UNIT_KINDS.hired, id });

/** Hired players at all places but the hero's. */
const FULL = FIRST_FORMATION.map((id, at) => (id === HERO ? id : FRIEND + at));

describe('a formation', () => {
  it('begins with the hero in the middle', () => {
    assert.deepEqual(unitsIn(FIRST_FORMATION), [{ position: 5, kind: 1, id: 0 }]);
  });

  it('takes in pets and hired players, each once', () => {
    const places = join(join(FIRST_FORMATION, pet(), 1, 1), hired(), 9, 1);
    assert.deepEqual(unitsIn(places), [
      { position: 1, kind: 3, id: PET },
      { position: 5, kind: 1, id: 0 },
      { position: 9, kind: 2, id: FRIEND },
    ]);
    refuses('alreadyPlaced', () => join(places, pet(), 2, 1));
  });

  it('takes in no pet that is five levels above its hero', () => {
    refuses('petLevelTooHigh', () => join(FIRST_FORMATION, pet(PET, 15), 1, 10));
    assert.ok(join(FIRST_FORMATION, pet(PET, 14), 1, 10));
  });

  it('lets a unit take the place of another, but not of the hero', () => {
    const places = join(join(FIRST_FORMATION, pet(), 1, 1), pet(PET + 1), 1, 1);
    assert.deepEqual(unitsIn(places)[0], { position: 1, kind: 3, id: PET + 1 });
    refuses('heroStays', () => join(FIRST_FORMATION, pet(), 5, 1));
  });

  it('that is full lets in only who takes the place of a pet', () => {
    refuses('formationFull', () => join(FULL, pet(), 1, 1));
    const withPet = FULL.with(0, PET);
    assert.equal(unitsIn(join(withPet, pet(PET + 1), 1, 1))[0]?.id, PET + 1);
  });

  it('lets everybody go but the hero', () => {
    const places = join(FIRST_FORMATION, pet(), 1, 1);
    assert.deepEqual(leave(places, 1), FIRST_FORMATION);
    refuses('heroStays', () => leave(places, 5));
    refuses('placeEmpty', () => leave(places, 2));
    assert.deepEqual(without(places, PET), FIRST_FORMATION);
    assert.deepEqual(without(places, HERO), places);
  });

  it('swaps two places, an empty one too', () => {
    const places = join(FIRST_FORMATION, pet(), 1, 1);
    assert.deepEqual(
      unitsIn(move(places, 5, 1)).map(({ position, id }) => [position, id]),
      [
        [1, HERO],
        [5, PET],
      ],
    );
    assert.equal(unitsIn(move(places, 5, 9)).at(-1)?.id, HERO);
    assert.deepEqual(move(places, 5, 5), places);
    refuses('placeEmpty', () => move(places, 2, 1));
  });

  it('has nine places and no others', () => {
    for (const place of [0, -1, 10, 77, 1.5, Number.NaN]) {
      refuses('placeWrong', () => join(FIRST_FORMATION, pet(), place, 1));
      refuses('placeWrong', () => leave(FIRST_FORMATION, place));
      refuses('placeWrong', () => move(FIRST_FORMATION, 5, place));
      refuses('placeWrong', () => move(FIRST_FORMATION, place, 5));
    }
  });

  it('never loses its hero and never has anybody twice, whatever is tried', () => {
    const place = fc.integer({ min: -1, max: 11 });
    const unit = fc.oneof(
      fc.integer({ min: PET, max: PET + 12 }).map((id) => pet(id)),
      fc.integer({ min: FRIEND, max: FRIEND + 3 }).map(hired),
    );
    const attempt = fc.oneof(
      fc.tuple(unit, place).map(
        ([who, at]) =>
          (places: Places) =>
            join(places, who, at, 1),
      ),
      place.map((at) => (places: Places) => leave(places, at)),
      fc.tuple(place, place).map(
        ([from, to]) =>
          (places: Places) =>
            move(places, from, to),
      ),
    );
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 40 }), (attempts) => {
        let places = FIRST_FORMATION;
        for (const change of attempts) {
          try {
            places = change(places);
          } catch (error) {
            assert.ok(error instanceof Refused);
          }
          const ids = unitsIn(places).map(({ id }) => id);
          assert.equal(places.length, 9);
          assert.equal(new Set(ids).size, ids.length);
          assert.ok(ids.includes(HERO));
        }
      }),
    );
  });
});

describe('a party', () => {
  it('is who stands in the formation and is there, in the order of the places', () => {
    const hero = { id: 1_000_001, name: 'alpha', level: 5, profession: row(DATA.professions, 5), worn: [] };
    const template = row(DATA.pets, 15005);
    const places = FIRST_FORMATION.with(0, PET)
      .with(1, PET + 1)
      .with(8, FRIEND);
    const party = partyOf(places, {
      hero,
      pets: new Map([[PET, { id: PET, name: '', level: 5, template, growth: template.growth }]]),
      hired: new Map([[FRIEND, { ...hero, id: FRIEND, name: 'beta' }]]),
    });
    assert.deepEqual(
      party.map(({ name, position, power, icon, quality }) => [name, position, power, icon, quality]),
      [
        ['Sorrel', 1, 40, 6001, 1],
        ['alpha', 5, 0, 5, 0],
        ['beta', 9, 0, 5, 0],
      ],
    );
  });
});
