import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openStore } from '../../../src/dbentrust/sql/open';
import { StoreDown } from '../../../src/errors';
import { waitFor } from '../../../tools/lib/wait';
import { freshSqlite, silentLog } from '../../helpers/services';
import { storeSuite } from './storesuite';

storeSuite('sqlite', freshSqlite);

describe('a SQLite file', () => {
  it('that is no database is refused with its path', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const path = join(dataDir, 'game.sqlite');
    writeFileSync(path, 'this is a text file, and a long one too, so that its header is read');
    await assert.rejects(
      openStore(config, { dataDir, sqlMs: 1_000, log: silentLog() }),
      (error) => error instanceof StoreDown && error.message.includes(path),
    );
    await drop();
  });

  it('that has no room says where to make some, and what may not go', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const store = await openStore(config, { dataDir, sqlMs: 5_000, log: silentLog() });
    await store.query('CREATE TABLE tb_page (data BLOB)');
    // As a full disk does it: SQLite finds no room for a page more.
    await store.query('PRAGMA max_page_count = 8');
    const text = `SQLite ${join(dataDir, 'game.sqlite')}: database or disk is full; make room on the disk (or in the quota) of ${dataDir}: old logs, profiles and backups may go, journal/ and game.sqlite-wal may not`;
    const isText = (error: unknown) => error instanceof StoreDown && error.message === text;
    await assert.rejects(store.query('INSERT INTO tb_page VALUES (?)', [Buffer.alloc(100_000)]), isText);
    await store.query('PRAGMA max_page_count = 100000');
    await store.query('INSERT INTO tb_page VALUES (?)', [Buffer.alloc(100_000)]);
    await store.close();
    await drop();
  });

  it('has a name that stays in its folder', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    await assert.rejects(openStore({ ...config, database: '../game' }, { dataDir, sqlMs: 1_000, log: silentLog() }), StoreDown);
    await drop();
  });

  it('is written with full sync in WAL mode', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const store = await openStore(config, { dataDir, sqlMs: 1_000, log: silentLog() });
    assert.deepEqual((await store.query('PRAGMA journal_mode')).rows, [{ journal_mode: 'wal' }]);
    assert.deepEqual((await store.query('PRAGMA synchronous')).rows, [{ synchronous: 2 }]);
    await store.close();
    await drop();
  });

  it('works in a thread of its own: a long statement holds nothing else up', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const store = await openStore(config, { dataDir, sqlMs: 60_000, log: silentLog() });
    let isDone = false;
    const long = store.query(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT MAX(i) AS top FROM n',
    );
    void long.finally(() => {
      isDone = true;
    });
    for (let turns = 0; turns < 100; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(isDone, false);
    }
    assert.deepEqual((await long).rows, [{ top: 1_000_000 }]);
    await store.close();
    await drop();
  });

  it('keeps what is written after a transaction whose beginning came too late for its caller', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const store = await openStore(config, { dataDir, sqlMs: 300, log: silentLog() });
    await store.query('CREATE TABLE tb_kept (id INT)');
    const long = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000) SELECT MAX(i) AS top FROM n';
    await assert.rejects(store.query(long), StoreDown);
    await assert.rejects(
      store.transaction((tx) => tx.query('INSERT INTO tb_kept VALUES (0)')),
      StoreDown,
    );
    const tried: number[] = [];
    const writes = () =>
      store.query('INSERT INTO tb_kept VALUES (?)', [tried.push(tried.length)]).then(
        () => true,
        () => false,
      );
    await waitFor(writes, 'the long statement to end', 60_000);
    const { rows } = await store.query('SELECT id FROM tb_kept');
    assert.ok(rows.some(({ id }) => id === tried.length));
    await store.close();
    await drop();
  });

  it('answers at the deadline when a statement takes longer, and serves again when it has ended', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const store = await openStore(config, { dataDir, sqlMs: 300, log: silentLog() });
    const long = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000) SELECT MAX(i) AS top FROM n';
    await assert.rejects(store.query(long), (error) => error instanceof StoreDown && error.maybeExecuted);
    const isAnswering = async () => (await store.query('SELECT 1 AS one').catch(() => undefined))?.rows[0]?.one === 1;
    await waitFor(isAnswering, 'answer of the store', 60_000);
    await store.close();
    await drop();
  });

  it('refuses text with a NUL character, which SQLite would cut', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const store = await openStore(config, { dataDir, sqlMs: 1_000, log: silentLog() });
    await assert.rejects(store.query('SELECT ?', ['a\0b']), /NUL/);
    await assert.rejects(store.query('SELECT ?', [2n ** 63n]), /64 bits/);
    await store.close();
    await drop();
  });
});
