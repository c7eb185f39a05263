import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeItem, encodeItem, itemName } from '../../src/dbentrust/cache/cacheitem';
import { parseColumnType } from '../../src/dbentrust/sql/columntype';
import type { ColumnInfo } from '../../src/dbentrust/sql/store';
import { checkValue, uniqueForm, ValueRefused } from '../../src/dbentrust/writer/values';

function column(sqlType: string, more: Partial<ColumnInfo> = {}): ColumnInfo {
  return {
    name: 'c',
    sqlType,
    ...parseColumnType(sqlType),
    nullable: true,
    hasDefault: true,
    default: null,
    autoIncrement: false,
    ...more,
  };
}

describe('a value that is checked', () => {
  it('is the same when it is checked again', () => {
    const typed = fc.oneof(
      fc.tuple(fc.constant(column('bigint')), fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.maxSafeInteger(), fc.boolean())),
      fc.tuple(
        fc.constant(column('decimal(20,4)')),
        fc.tuple(fc.integer(), fc.integer({ min: 0, max: 9999 })).map(([a, b]) => `${a}.${b}`),
      ),
      fc.tuple(
        fc.constant(column('varchar(50)')),
        fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\0')),
      ),
      fc.tuple(
        fc.constant(column('char(50)')),
        fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0')),
      ),
      fc.tuple(fc.constant(column('blob')), fc.uint8Array()),
    );
    fc.assert(
      fc.property(typed, ([info, value]) => {
        const checked = checkValue(info, value);
        assert.deepEqual(checkValue(info, checked), checked);
      }),
    );
  });

  it('comes out as SQL gives it back', () => {
    assert.equal(checkValue(column('int'), true), 1);
    assert.equal(checkValue(column('bigint'), 7n), 7);
    assert.equal(checkValue(column('bigint unsigned'), 2n ** 64n - 1n), 2n ** 64n - 1n);
    assert.equal(checkValue(column('decimal(10,2)'), 1.5), '1.50');
    assert.equal(checkValue(column('decimal(10,2)'), '-0.00'), '0.00');
    assert.equal(checkValue(column('decimal(10,2)'), '007'), '7.00');
    assert.equal(checkValue(column('decimal(10)'), '12'), '12');
    assert.equal(checkValue(column('char(4)'), 'ab  '), 'ab');
    assert.equal(checkValue(column("enum('a','b')"), 'b'), 'b');
    assert.equal(checkValue(column('json'), '{"a": 1}'), '{"a": 1}');
  });

  it('is refused with a reason when it does not fit', () => {
    const refused = (sqlType: string, value: unknown, reason: RegExp, more: Partial<ColumnInfo> = {}) =>
      assert.throws(
        () => checkValue(column(sqlType, more), value),
        (error) => error instanceof ValueRefused && reason.test(error.message),
        `${sqlType} ${String(value)}`,
      );
    refused('int', undefined, /undefined/);
    refused('int', Number.NaN, /not an integer/);
    refused('int', '5', /a string/);
    refused('int unsigned', -1, /outside/);
    refused('tinyint', 128, /outside/);
    refused('double', Number.POSITIVE_INFINITY, /outside/);
    refused('float', 1e39, /outside/);
    refused('decimal(5,2)', '1000', /outside/);
    refused('decimal(5,2)', 'five', /not a decimal/);
    refused('varchar(4)', 'five!', /5 characters/);
    refused('tinytext', '永'.repeat(86), /258 bytes/);
    refused('varchar(10)', '🔥', /character set/, { collation: 'utf8mb3_general_ci' });
    refused('varchar(10)', '永', /character set/, { collation: 'latin1_swedish_ci' });
    refused('varbinary(2)', Buffer.from('abc'), /3 bytes/);
    refused('blob', 'text', /a string/);
    refused('datetime', '2031-13-01 00:00:00', /no day/);
    refused('datetime', '2031-01-01', /form/);
    refused('timestamp', '1969-01-01 00:00:00', /outside/);
    refused('json', '{', /not JSON/);
    refused("enum('a','b')", 'c', /none of a, b/);
    refused('int', new Date(), /Date/);
    refused('text', { a: 1 }, /an object/);
  });

  it('of a blob is a copy', () => {
    const given = Buffer.from('abc');
    const checked = checkValue(column('blob'), given);
    given[0] = 0;
    assert.deepEqual(checked, Buffer.from('abc'));
  });

  it('equals another as the collation says', () => {
    const loose = column('varchar(20)', { collation: 'utf8mb4_general_ci' });
    assert.equal(uniqueForm(loose, 'Chenée '), uniqueForm(loose, 'CHENEE'));
    const exact = column('varchar(20)');
    assert.notEqual(uniqueForm(exact, 'chenee'), uniqueForm(exact, 'Chenee'));
    assert.equal(uniqueForm(exact, null), undefined);
    assert.equal(uniqueForm(column('bigint'), 5), uniqueForm(column('bigint'), 5n));
  });
});

describe('a cached row', () => {
  it('survives as it is, and is trusted in its own epoch only', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.bigInt(2n ** 53n, 2n ** 63n - 1n),
      fc.constant(null),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    const row = fc.dictionary(fc.stringMatching(/^[a-z]\w{0,9}$/), value, { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(row, fc.nat(), (original, version) => {
        const item = encodeItem(2 ** 48 - 1, version, original);
        assert.deepEqual(decodeItem(item, 2 ** 48 - 1), { version, row: original });
        assert.equal(decodeItem(item, 7), undefined);
      }),
    );
  });

  it('has a name that memcached takes, whatever its key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (pk) => {
        assert.match(itemName('tb_word', pk), /^tb_word:[\x21-\x7e]{1,60}$/);
      }),
    );
    assert.equal(itemName('tb_item', 5001), 'tb_item:5001');
    assert.notEqual(itemName('tb_word', 'a b'), itemName('tb_word', 'a  b'));
  });
});
