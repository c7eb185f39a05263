import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { characterFrom, formationFrom } from '../../../app/dbfront/older/rows';
import { integerOf, LONG_AGO, Names, textOf, timeOf } from '../../../app/dbfront/older/values';

describe('a value of an older server', () => {
  it('is what it was when it is a whole number that fits, and the usual one otherwise', () => {
    for (const value of [null, undefined, '', 'many', 1.5, 2 ** 40, Number.NaN]) assert.equal(integerOf(value, 7), 7, String(value));
    for (const value of [3, '3', 3n]) assert.equal(integerOf(value, 7), 3);
  });

  it('is no time when it is the date that old databases have for none', () => {
    for (const value of [null, undefined, '', '0000-00-00 00:00:00', '2012-00-10', 'soon'])
      assert.equal(timeOf(value), null, String(value));
    for (const value of ['2012-06-20 12:00:00', '2012-06-20', LONG_AGO]) assert.equal(timeOf(value), value);
  });

  it('is a text that fits, cut between characters', () => {
    assert.deepEqual([textOf(null), textOf(5), textOf('ab😀c', 3)], ['', '5', 'ab😀']);
  });
});

describe('names of an older server', () => {
  it('are kept by who had them first; others get their id behind theirs', () => {
    const names = new Names();
    assert.deepEqual(
      [names.give('bob', 1), names.give('Bob', 2), names.give('bob', 3), names.give('bob ', 4), names.give(' ', 5), names.give('bob#3', 6)],
      ['bob', 'Bob', 'bob#3', 'bob #4', ' #5', 'bob#3#6'],
    );
  });
});

describe('a character of an older server', () => {
  it('is within the bounds of this game, whatever its row says', () => {
    const figure = fc.oneof(fc.constant(null), fc.integer(), fc.string());
    const row = fc.record({ id: fc.nat(), level: figure, exp: figure, coin: figure, gold: figure, energy: figure, profession: figure });
    fc.assert(
      fc.property(row, fc.nat(2000), (old, finished) => {
        const { level, exp, coin, gold, energy, profession, guanqia } = characterFrom(old, 'name', finished) as Record<string, number>;
        assert.ok(within(level, 1, 100) && within(coin, 0, 99_999_999) && within(gold, 0, 99_999_999) && within(energy, 0, 30));
        assert.ok(within(profession, 1, 8) && within(guanqia, 1000, 1052) && within(exp, 0, 2 ** 31 - 1));
      }),
    );
  });
});

describe('a formation of an older server', () => {
  it('has its hero once and nobody twice, whatever its row says', () => {
    const place = fc.oneof(fc.constantFrom(null, -1, 0, 3_000_001, 3_000_002, 1_000_002), fc.integer());
    fc.assert(
      fc.property(fc.array(place, { minLength: 9, maxLength: 9 }), (eyes) => {
        const row = formationFrom({ characterId: 1, ...Object.fromEntries(eyes.map((id, at) => [`eyes_${at + 1}`, id])) });
        const ids = Array.from({ length: 9 }, (_, at) => row[`eyes_${at + 1}`]).filter((id) => id !== -1);
        assert.equal(ids.filter((id) => id === 0).length, 1);
        assert.equal(new Set(ids).size, ids.length);
        assert.ok(ids.every((id) => id === 0 || Number(id) >= 3_000_000));
      }),
    );
  });
});

function within(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && Number.isInteger(value) && value >= min && value <= max;
}
