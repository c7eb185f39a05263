import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkStatement } from '../../src/dbentrust/writer/statement';
import { QueryRefused } from '../../src/errors';

const managed = (table: string): boolean => table === 'tb_item' || table === 'tb_register';

describe('a statement of db.query', () => {
  for (const sql of [
    'SELECT * FROM tb_item',
    'select \'a;b\', "delete from tb_item" -- ; DELETE\nfrom tb_item;',
    'WITH rich AS (SELECT * FROM tb_item) SELECT * FROM rich',
    'INSERT INTO tb_log (text) SELECT name FROM tb_item',
    'INSERT INTO tb_log SET text = (SELECT name FROM tb_item)',
    'UPDATE tb_log SET text = (SELECT name FROM tb_item LIMIT 1)',
    'DELETE FROM tb_log WHERE id IN (SELECT id FROM tb_item)',
    'CREATE TABLE tb_item_log (id INT)',
    'SHOW TABLES',
    "INSERT INTO tb_log (text) VALUES ('tb_item')",
  ]) {
    it(`runs: ${sql}`, () => checkStatement(sql, managed));
  }

  for (const [sql, reason] of [
    ['', /empty/],
    ['-- only a comment', /empty/],
    ['UPDATE tb_item SET stack = 1', /MAdmin/],
    ['update `tb_Item` set stack = 1', /MAdmin/],
    ['UPDATE tb_log JOIN game.tb_item USING (id) SET stack = 1', /MAdmin/],
    ['/* x */ DELETE FROM "tb_item"', /MAdmin/],
    ['DELETE l FROM tb_log l, tb_item', /MAdmin/],
    ['INSERT INTO tb_item (id) VALUES (1)', /MAdmin/],
    ['REPLACE tb_item VALUES (1)', /MAdmin/],
    ['WITH a AS (SELECT 1) DELETE FROM tb_item', /MAdmin/],
    ['DROP TABLE tb_log, tb_item', /MAdmin/],
    ['TRUNCATE tb_register', /MAdmin/],
    ['SELECT 1; SELECT 2', /several statements/],
    ['/*!50000 DELETE FROM tb_item */', /MySQL executes/],
    ['BEGIN', /not run by db.query/],
    ['SET autocommit = 0', /not run by db.query/],
    ["LOAD DATA INFILE 'x' INTO TABLE tb_item", /not run by db.query/],
  ] as const) {
    it(`is refused: ${sql}`, () => {
      assert.throws(
        () => checkStatement(sql, managed),
        (error) => error instanceof QueryRefused && reason.test(error.message),
      );
    });
  }
});
