import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { quoteName } from '../../../src/dbentrust/sql/identifier';
import { refuseSessionChange, Statements } from '../../../src/dbentrust/sql/statement';

const mysql = new Statements('mysql');
const sqlite = new Statements('sqlite');

describe('the placeholders of a statement', () => {
  for (const [sql, dialects, count] of [
    ['SELECT \'?\', "?", `?`, ?', 'both', 1],
    ["SELECT 'it''s ?', ?", 'both', 1],
    ['SELECT ? /* ? */ , ? -- ?\n, ?', 'both', 3],
    ["SELECT '\\'?', ?", 'mysql', 1],
    ["SELECT '\\', ?", 'sqlite', 1],
    ['SELECT ? # ?', 'mysql', 1],
    ['SELECT [a?b], ?', 'sqlite', 1],
    ['SELECT 5--?', 'mysql', 1],
    ['SELECT ?;', 'both', 1],
    ["SELECT 'never closed ?", 'both', 0],
  ] as const) {
    it(`are ${count} in ${JSON.stringify(sql)} on ${dialects}`, () => {
      for (const [name, statements] of [
        ['mysql', mysql],
        ['sqlite', sqlite],
      ] as const) {
        if (dialects !== 'both' && dialects !== name) continue;
        assert.equal(statements.check(sql, Array(count).fill(1)).length, count);
        assert.throws(() => statements.check(sql, Array(count + 1).fill(1)), /placeholders/);
      }
    });
  }

  it('do not depend on what stands in literals', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const literal = (text: string) => `'${text.replaceAll('\\', '').replaceAll("'", "''")}'`;
        assert.equal(mysql.check(`SELECT ${literal(a)}, ?, ${literal(b)}, ?`, [1, 2]).length, 2);
        assert.equal(sqlite.check(`SELECT ${literal(a)}, ?, ${literal(b)}, ?`, [1, 2]).length, 2);
      }),
    );
  });
});

describe('a second statement', () => {
  it('is refused wherever it starts', () => {
    for (const sql of ['SELECT 1; DROP TABLE t', "SELECT 1;'x'", 'SELECT 1; /* */ x', 'SELECT 1;;x'])
      assert.throws(() => mysql.check(sql, []), /one statement/);
    assert.deepEqual(mysql.check("SELECT ';', 1; -- ; and no more\n /* ; */ ;", []), []);
  });
});

describe('statements that change the connection', () => {
  it('are told from those that only look like it', () => {
    for (const sql of ['begin', ' COMMIT', 'Set x = 1', 'LOCK TABLES t READ', 'use other'])
      assert.throws(() => refuseSessionChange(sql), TypeError);
    for (const sql of ['SELECT 1', 'UPDATE t SET a = 1', 'SHOW TABLES', 'INSERT INTO begin VALUES (1)', 'settle']) refuseSessionChange(sql);
  });
});

describe('a name in SQL text', () => {
  it('is quoted, and refused when it could end the quotes', () => {
    assert.equal(quoteName('tb_item'), '`tb_item`');
    assert.equal(quoteName('龙 "x"'), '`龙 "x"`');
    for (const name of ['', 'a`b', 'a\0', 'a\n', 'x'.repeat(65), 'ends ', undefined as unknown as string])
      assert.throws(() => quoteName(name), TypeError);
  });
});
