import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createConnection } from 'mysql2/promise';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore } from '../../../src/dbentrust/sql/store';
import { ManagedTable } from '../../../src/dbentrust/writer/table';
import { SqlRefused, StartFailed, StoreDown } from '../../../src/errors';
import { startMariaDb } from '../../../tools/services';
import { type FreshDatabase, freshMysql, mariaDb, silentLog } from '../../helpers/services';
import { storeSuite } from './storesuite';

storeSuite('mysql', freshMysql);

const open = ({ config, dataDir }: Pick<FreshDatabase, 'config' | 'dataDir'>, sqlMs = 10_000) =>
  openStore(config, { dataDir, sqlMs, log: silentLog() });

describe('a MySQL store', () => {
  let database: FreshDatabase;
  let store: SqlStore;

  before(async () => {
    database = await freshMysql();
    store = await open(database);
  });

  after(async () => {
    await store.close();
    await database.drop();
  });

  it('is utf8mb4, strict and in UTC whatever the config and the server say', async () => {
    assert.equal(database.config.charset, 'utf8');
    const { rows } = await store.query(
      'SELECT @@character_set_client AS client, @@character_set_database AS made, @@session.time_zone AS zone, @@session.sql_mode AS mode',
    );
    assert.deepEqual({ ...rows[0], mode: '' }, { client: 'utf8mb4', made: 'utf8mb4', zone: '+00:00', mode: '' });
    assert.match(String(rows[0]?.mode), /STRICT_ALL_TABLES/);
  });

  it('refuses a value that does not fit instead of cutting it', async () => {
    await store.query('CREATE TABLE tight (a VARCHAR(3) NOT NULL, b TINYINT UNSIGNED)');
    const value = (error: unknown) => error instanceof SqlRefused && error.kind === 'value';
    await assert.rejects(store.query('INSERT INTO tight VALUES (?, 1)', ['four']), value);
    await assert.rejects(store.query('INSERT INTO tight VALUES (?, 256)', ['abc']), value);
    await assert.rejects(store.query('INSERT INTO tight (b) VALUES (1)'), value);
  });

  it('reads unsigned 64-bit integers, BIT, procedures and sums exactly', async () => {
    await store.query('CREATE TABLE wide (id BIGINT UNSIGNED PRIMARY KEY, flags BIT(12))');
    await store.query('INSERT INTO wide VALUES (?, b?)'.replace('b?', "b'101'"), [2n ** 64n - 1n]);
    assert.deepEqual((await store.query('SELECT * FROM wide')).rows, [{ id: 2n ** 64n - 1n, flags: Buffer.from([0, 5]) }]);
    assert.deepEqual((await store.query('SELECT SUM(id) AS total FROM wide')).rows, [{ total: '18446744073709551615' }]);
    await store.query('CREATE PROCEDURE all_wide() SELECT id FROM wide');
    assert.deepEqual((await store.query('CALL all_wide()')).rows, [{ id: 2n ** 64n - 1n }]);
  });

  it('describes a table that an old Firefly game made', async () => {
    await store.query(`CREATE TABLE tb_old (
      zone INT(10) UNSIGNED NOT NULL DEFAULT '3',
      name VARCHAR(20) CHARACTER SET latin1 NOT NULL DEFAULT 'it''s' COMMENT 'nick name',
      kind ENUM('a','b''c') NOT NULL DEFAULT 'a',
      rate DECIMAL(8,3) NOT NULL DEFAULT '1.500',
      share FLOAT DEFAULT '0.5',
      at DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00',
      changed TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
      born YEAR(4) DEFAULT NULL,
      picture MEDIUMBLOB,
      hash BINARY(16) DEFAULT NULL,
      story TEXT,
      doubled INT AS (zone * 2) VIRTUAL,
      PRIMARY KEY (zone, name),
      UNIQUE KEY by_kind (kind, born),
      KEY plain (born)
    ) ENGINE=MyISAM DEFAULT CHARSET=latin1`);
    const info = (await store.describe('tb_old')) ?? assert.fail();
    assert.deepEqual(info.primaryKey, ['zone', 'name']);
    assert.deepEqual(info.uniqueKeys, [{ name: 'by_kind', columns: ['kind', 'born'] }]);
    const pick = (name: string) => {
      const { type, default: preset, hasDefault, nullable } = info.columns.get(name) ?? assert.fail(name);
      return [type, preset, hasDefault, nullable];
    };
    assert.deepEqual(pick('zone'), ['int', 3, true, false]);
    assert.deepEqual(info.columns.get('zone')?.max, 4_294_967_295n);
    assert.deepEqual(pick('name'), ['text', "it's", true, false]);
    assert.equal(info.columns.get('name')?.collation, 'latin1_swedish_ci');
    assert.deepEqual(pick('kind'), ['text', 'a', true, false]);
    assert.deepEqual(info.columns.get('kind')?.values, ['a', "b'c"]);
    assert.deepEqual(pick('rate'), ['decimal', '1.500', true, false]);
    assert.deepEqual(pick('share'), ['float', 0.5, true, true]);
    assert.deepEqual(pick('at'), ['datetime', '0000-00-00 00:00:00', true, false]);
    assert.match(info.columns.get('changed')?.defaultExpression ?? '', /current_timestamp/i);
    assert.deepEqual(pick('born'), ['int', null, true, true]);
    assert.deepEqual(pick('picture'), ['blob', null, true, true]);
    assert.deepEqual(info.columns.get('hash')?.maxLength, 16);
    assert.equal(info.columns.get('doubled')?.generated, true);
    assert.equal(info.looseEngine, 'MyISAM');
    assert.throws(
      () => new ManagedTable({ table: 'tb_old', pk: 'zone' }, info),
      (error) => error instanceof StartFailed && /MyISAM has no transactions.*ENGINE=InnoDB/.test(error.message),
    );
    await store.query('ALTER TABLE tb_old ENGINE=InnoDB');
    assert.equal((await store.describe('tb_old'))?.looseEngine, undefined);
    await store.query("INSERT INTO tb_old (name, kind) VALUES ('x', 'a')");
    const { rows } = await store.query('SELECT at, rate, zone, doubled FROM tb_old');
    assert.deepEqual(rows, [{ at: '0000-00-00 00:00:00', rate: '1.500', zone: 3, doubled: 6 }]);
  });

  it('says of a deadlock that another try may do', async () => {
    await store.query('CREATE TABLE duel (id INT PRIMARY KEY, value INT) ENGINE=InnoDB');
    await store.query('INSERT INTO duel VALUES (1, 0), (2, 0)');
    let arrived = 0;
    let go: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    const cross = (first: number, second: number) =>
      store.transaction(async (tx) => {
        await tx.query('UPDATE duel SET value = value + 1 WHERE id = ?', [first]);
        if (++arrived === 2) go();
        await both;
        await tx.query('UPDATE duel SET value = value + 1 WHERE id = ?', [second]);
      });
    const results = await Promise.allSettled([cross(1, 2), cross(2, 1)]);
    const failed = results.filter((result) => result.status === 'rejected');
    assert.equal(failed.length, 1);
    assert.ok(failed[0]?.reason instanceof SqlRefused && failed[0].reason.kind === 'conflict' && failed[0].reason.retryable);
    assert.deepEqual((await store.query('SELECT value FROM duel')).rows, [{ value: 1 }, { value: 1 }]);
  });

  it('commits nothing of a transaction whose savepoint met a deadlock, whatever its body does next', async () => {
    await store.query('CREATE TABLE fight (id INT PRIMARY KEY, value INT) ENGINE=InnoDB');
    await store.query('INSERT INTO fight VALUES (1, 0), (2, 0), (3, 0)');
    let arrived = 0;
    let go: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    const cross = (first: number, second: number) =>
      store.transaction(async (tx) => {
        await tx.query('UPDATE fight SET value = value + 1 WHERE id = ?', [first]);
        if (++arrived === 2) go();
        await both;
        await tx.savepoint(() => tx.query('UPDATE fight SET value = value + 1 WHERE id = ?', [second])).catch(() => undefined);
        await tx.query('UPDATE fight SET value = value + 1 WHERE id = 3').catch(() => undefined);
      });
    const results = await Promise.allSettled([cross(1, 2), cross(2, 1)]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.deepEqual((await store.query('SELECT value FROM fight')).rows, [{ value: 1 }, { value: 1 }, { value: 1 }]);
  });

  it('peeks at what others have not committed yet, and at nothing else of that kind', async () => {
    await store.query('CREATE TABLE hidden (id INT PRIMARY KEY) ENGINE=InnoDB');
    await store.transaction(async (tx) => {
      await tx.query('INSERT INTO hidden VALUES (1)');
      assert.deepEqual((await store.peek('SELECT id FROM hidden')).rows, [{ id: 1 }]);
      assert.deepEqual((await store.query('SELECT id FROM hidden')).rows, []);
    });
  });

  it('rolls back and rejects when its connection is killed in a transaction, and goes on with another', async () => {
    await store.query('CREATE TABLE killed (id INT PRIMARY KEY) ENGINE=InnoDB');
    const killed = store.transaction(async (tx) => {
      await tx.query('INSERT INTO killed VALUES (1)');
      const { rows } = await tx.query('SELECT CONNECTION_ID() AS id');
      await store.query(`KILL ${rows[0]?.id}`);
      await tx.query('INSERT INTO killed VALUES (2)');
    });
    await assert.rejects(killed, StoreDown);
    assert.deepEqual((await store.query('SELECT * FROM killed')).rows, []);
  });

  it('does not notice that its idle connections were killed', async () => {
    const admin = await createConnection(await mariaDb());
    await Promise.all(Array.from({ length: 4 }, () => store.transaction((tx) => tx.query('SELECT SLEEP(0.01)'))));
    const [list] = await admin.query<never>('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ?', [database.config.database]);
    for (const { id } of list as { id: number }[]) await admin.query(`KILL ${id}`);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => store.query('SELECT 1')));
    const failed = results.filter((result) => result.status === 'rejected' && !(result.reason instanceof StoreDown));
    assert.deepEqual(failed, []);
    await store.query('SELECT 1');
    await admin.end();
  });
});

describe('a MySQL that cannot be had', () => {
  it('because nobody listens: says where and what to correct', async () => {
    const { config, dataDir } = await freshMysql();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    await assert.rejects(open({ config: { ...config, port }, dataDir }), (error) => {
      assert.ok(error instanceof StoreDown && !error.maybeExecuted);
      assert.ok(error.message.includes(`${config.host}:${port}/${config.database}`), error.message);
      assert.match(error.message, /start the server, or correct host and port/);
      return true;
    });
  });

  it('because what listens there never answers: gives up at the deadline', async () => {
    const { config, dataDir } = await freshMysql();
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await assert.rejects(open({ config: { ...config, port }, dataDir }, 200), StoreDown);
    server.close();
  });

  it('because of the password: says so without showing it', async () => {
    const { config, dataDir } = await freshMysql();
    await assert.rejects(open({ config: { ...config, password: 'hunter2' }, dataDir }), (error) => {
      assert.ok(error instanceof StoreDown);
      assert.match(error.message, /correct user and passwd/);
      assert.ok(!error.message.includes('hunter2'));
      return true;
    });
  });

  it('because the user may not make the database: says what an administrator has to run', async () => {
    const { config, dataDir } = await freshMysql();
    const admin = await createConnection(await mariaDb());
    await admin.query(`CREATE USER IF NOT EXISTS 'poor'@'%' IDENTIFIED BY 'poor'`);
    await admin.end();
    await assert.rejects(open({ config: { ...config, user: 'poor', password: 'poor' }, dataDir }), (error) => {
      assert.ok(error instanceof StoreDown);
      assert.ok(error.message.includes(`CREATE DATABASE \`${config.database}\` CHARACTER SET utf8mb4`), error.message);
      return true;
    });
  });
});

describe('a MySQL of its own', () => {
  it('that is frozen fails statements at their deadline as perhaps executed, and serves again when it thaws', async () => {
    const service = await startMariaDb();
    try {
      const { host, port, user, password } = service;
      const store = await open(
        { config: { engine: 'mysql', host, port, user, password, database: 'frozen', charset: 'utf8mb4' }, dataDir: '' },
        500,
      );
      await store.query('CREATE TABLE t (id INT PRIMARY KEY)');
      await service.freeze();
      const results = await Promise.allSettled([
        store.query('INSERT INTO t VALUES (1)'),
        store.transaction((tx) => tx.query('SELECT 1')),
        ...Array.from({ length: 8 }, () => store.query('SELECT 1')),
      ]);
      service.thaw();
      assert.ok(results.every((result) => result.status === 'rejected' && result.reason instanceof StoreDown));
      const [insert] = results;
      assert.ok(insert?.status === 'rejected' && insert.reason.maybeExecuted);
      await store.query('SELECT 1');
      await service.freeze();
      await store.close();
    } finally {
      await service.stop();
    }
  });

  it('whose default mode switches backslash escapes off is not open to injection', async () => {
    const service = await startMariaDb();
    try {
      const { host, port, user, password } = service;
      const admin = await createConnection({ host, port, user, password });
      await admin.query("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
      await admin.end();
      const store = await open({
        config: { engine: 'mysql', host, port, user, password, database: 'quotes', charset: 'utf8mb4' },
        dataDir: '',
      });
      const text = "\\' OR 1=1 -- ";
      assert.deepEqual((await store.query('SELECT ? AS text', [text])).rows, [{ text }]);
      await store.close();
    } finally {
      await service.stop();
    }
  });
});
