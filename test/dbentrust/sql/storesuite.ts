/** What a store promises, asked of both dialects by the two files beside this one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { Migration, SqlExecutor, SqlStore, SqlValue } from '../../../src/dbentrust/sql/store';
import { QueueFull, SqlRefused, StartFailed, StoreDown } from '../../../src/errors';
import { keptLog } from '../../helpers/log';
import { type FreshDatabase, silentLog } from '../../helpers/services';

/** One table with every kind of column, as a game's migration would make it. */
const MIGRATIONS: Record<string, Migration> = {
  '001_things': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('tb_thing')
        .addColumn('id', 'bigint', (column) => column.primaryKey().autoIncrement())
        .addColumn('name', 'varchar(20)', (column) => column.notNull().unique())
        .addColumn('owner', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('slot', 'smallint', (column) => column.unsigned().notNull().defaultTo(7))
        .addColumn('big', 'bigint')
        .addColumn('price', 'decimal(12, 2)')
        .addColumn('huge', 'decimal(30, 4)')
        .addColumn('ratio', 'double precision')
        .addColumn('made', 'datetime')
        .addColumn('day', 'date')
        .addColumn('info', 'json')
        .addColumn('body', 'blob')
        .addColumn('note', 'text')
        .addColumn('title', 'varchar(40)', (column) => column.notNull().defaultTo("it's 新手"))
        .addColumn('flag', 'boolean', (column) => column.notNull().defaultTo(sql`1`))
        .addColumn('born', 'timestamp', (column) => column.notNull().defaultTo(sql`CURRENT_TIMESTAMP`))
        .execute();
      await db.schema.createIndex('owner_slot').unique().on('tb_thing').columns(['owner', 'slot', 'name']).execute();
    },
  },
  '002_counters': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('tb_counter')
        .addColumn('name', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('value', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
};

export function storeSuite(dialect: 'mysql' | 'sqlite', fresh: () => Promise<FreshDatabase>): void {
  describe(`a ${dialect} store`, () => {
    let database: FreshDatabase;
    let store: SqlStore;
    const open = (sqlMs = 10_000) => openStore(database.config, { dataDir: database.dataDir, sqlMs, log: silentLog() });

    before(async () => {
      database = await fresh();
      store = await open();
      await store.migrate(MIGRATIONS);
    });

    after(async () => {
      await store.close();
      await database.drop();
    });

    const roundTrip = async (column: string, value: SqlValue): Promise<SqlValue | undefined> => {
      const { insertId } = await store.query(`INSERT INTO tb_thing (name, ${column}) VALUES (?, ?)`, [`${column}-${counter++}`, value]);
      const { rows } = await store.query(`SELECT ${column} AS value FROM tb_thing WHERE id = ?`, [insertId]);
      return rows[0]?.value;
    };
    let counter = 0;

    it('was made where there was no database', async () => {
      await store.ping();
      assert.equal(store.dialect, dialect);
    });

    for (const [column, value] of [
      ['big', 9_007_199_254_740_993n],
      ['big', -(2n ** 63n)],
      ['big', 42],
      ['price', '12.30'],
      ['price', '-0.05'],
      ['price', '1234567890.10'],
      ['huge', '12345678901234567890123456.1230'],
      ['ratio', 0.1],
      ['ratio', 1.5e300],
      ['made', '2031-05-01 23:59:59'],
      ['day', '2031-05-01'],
      ['info', '{"a": [1, "é"]}'],
      ['info', '17'],
      ['body', Buffer.from([0, 1, 255, 39, 92])],
      ['body', Buffer.alloc(0)],
      ['note', '\'; DROP TABLE tb_thing; -- \\ " ` \n?'],
      ['note', '🐲 龙 é'],
      ['note', ''],
      ['note', null],
    ] as [string, SqlValue][]) {
      it(`gives back ${column} ${typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)} as it was`, async () => {
        assert.deepEqual(await roundTrip(column, value), value);
      });
    }

    it('gives back every bit of a float, also of one whose text has 16 or 17 digits', async () => {
      const floats = [944.7685343088763, -944.7685343088763, 0.1 + 0.2, 1e-7, 1.7976931348623157e308, 123456789.12345678, 0];
      for (const value of floats) assert.equal(await roundTrip('ratio', value), value);
      assert.equal(await roundTrip('ratio', null), null);
    });

    it('reads an integer as number when it is safe, else as bigint', async () => {
      assert.equal(await roundTrip('big', 9_007_199_254_740_991n), 9_007_199_254_740_991);
      assert.equal(await roundTrip('big', 9_007_199_254_740_992n), 9_007_199_254_740_992n);
    });

    it('stores a number in a text column as its digits', async () => {
      assert.equal(await roundTrip('note', 5), '5');
    });

    it('binds true and false as 1 and 0', async () => {
      assert.equal(await roundTrip('owner', true as never), 1);
      assert.equal(await roundTrip('owner', false as never), 0);
    });

    for (const [what, value] of [
      ['undefined', undefined],
      ['a Date', new Date()],
      ['an object', { a: 1 }],
      ['an array', [1, 2]],
      ['NaN', Number.NaN],
      ['Infinity', Number.POSITIVE_INFINITY],
    ] as const) {
      it(`refuses ${what} as a parameter, by its position`, async () => {
        await assert.rejects(store.query('SELECT ? AS a, ? AS b', [1, value as never]), { name: 'TypeError', message: /parameter 2/ });
      });
    }

    it('refuses too few and too many parameters', async () => {
      await assert.rejects(store.query('SELECT ?, ?', [1]), /2 placeholders and got 1/);
      await assert.rejects(store.query('SELECT ?', [1, 2]), /1 placeholders and got 2/);
    });

    it('does not take a question mark in a literal, a name or a comment for a parameter', async () => {
      const { rows } = await store.query("SELECT '?' AS a, /* ? */ ? AS `b?` -- what?\n", [3]);
      assert.deepEqual(rows, [{ a: '?', 'b?': 3 }]);
    });

    it('refuses a second statement and keeps a closing semicolon', async () => {
      await assert.rejects(store.query('SELECT 1; SELECT 2'), /one statement at a time/);
      assert.deepEqual((await store.query('SELECT 1 AS a; -- end')).rows, [{ a: 1 }]);
    });

    it('refuses statements that would change the connection for others', async () => {
      for (const text of ['BEGIN', 'commit', 'ROLLBACK', ' start transaction', 'SET @a = 1'])
        await assert.rejects(store.query(text), /use transaction\(\)/);
    });

    it('counts the rows that an update matched, changed or not', async () => {
      await store.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['same', 1]);
      assert.equal((await store.query('UPDATE tb_counter SET value = 1 WHERE name = ?', ['same'])).affectedRows, 1);
      assert.equal((await store.query('UPDATE tb_counter SET value = 1 WHERE name = ?', ['other'])).affectedRows, 0);
      assert.equal((await store.query('UPDATE tb_counter SET value = 1 WHERE name = ?', ['other'])).insertId, 0);
    });

    it('compares the names of its own tables byte by byte', async () => {
      await store.query('INSERT INTO tb_counter (name, value) VALUES (?, 1), (?, 2)', ['Case', 'case']);
      assert.equal((await store.query('SELECT value FROM tb_counter WHERE name = ?', ['CASE'])).rows.length, 0);
    });

    it('says that a key is taken, that a value does not fit, and that SQL is wrong, each in its kind', async () => {
      await store.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['taken', 1]);
      const taken = store.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['taken', 1]);
      await assert.rejects(
        taken,
        (error) => error instanceof SqlRefused && error.kind === 'unique' && !error.retryable && error.cause instanceof Error,
      );
      await assert.rejects(
        store.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['null', null]),
        (error) => error instanceof SqlRefused && error.kind === 'value',
      );
      await assert.rejects(store.query('SELEKT 1'), (error) => error instanceof SqlRefused && error.kind === 'other');
    });

    it('describes a table', async () => {
      const info = await store.describe('tb_thing');
      assert.ok(info);
      assert.deepEqual(info.primaryKey, ['id']);
      const keys = info.uniqueKeys.map((key) => key.columns.join()).sort();
      assert.deepEqual(keys, ['name', 'owner,slot,name']);
      const facts = (name: string) => {
        const { sqlType: _, defaultExpression: __, ...rest } = info.columns.get(name) ?? assert.fail(name);
        return rest;
      };
      const nothing = { nullable: true, hasDefault: true, default: null, autoIncrement: false };
      assert.deepEqual(facts('id'), {
        name: 'id',
        type: 'int',
        nullable: false,
        hasDefault: true,
        default: null,
        autoIncrement: true,
        min: -(2n ** 63n),
        max: 2n ** 63n - 1n,
      });
      assert.deepEqual(facts('name'), {
        name: 'name',
        type: 'text',
        nullable: false,
        hasDefault: false,
        default: null,
        autoIncrement: false,
        maxLength: 20,
      });
      assert.deepEqual(facts('owner'), {
        name: 'owner',
        type: 'int',
        nullable: false,
        hasDefault: true,
        default: 0,
        autoIncrement: false,
        min: -(2n ** 31n),
        max: 2n ** 31n - 1n,
      });
      assert.deepEqual(facts('slot'), {
        name: 'slot',
        type: 'int',
        nullable: false,
        hasDefault: true,
        default: 7,
        autoIncrement: false,
        min: 0n,
        max: 65_535n,
      });
      assert.deepEqual(facts('big'), { name: 'big', type: 'int', ...nothing, min: -(2n ** 63n), max: 2n ** 63n - 1n });
      assert.deepEqual(facts('price'), { name: 'price', type: 'decimal', ...nothing, precision: 12, scale: 2 });
      assert.deepEqual(facts('huge'), { name: 'huge', type: 'decimal', ...nothing, precision: 30, scale: 4 });
      assert.deepEqual(facts('ratio'), { name: 'ratio', type: 'float', ...nothing });
      assert.deepEqual(facts('made'), { name: 'made', type: 'datetime', ...nothing });
      assert.deepEqual(facts('day'), { name: 'day', type: 'date', ...nothing });
      assert.deepEqual(facts('info'), { name: 'info', type: 'json', ...nothing });
      assert.deepEqual(facts('body'), { name: 'body', type: 'blob', ...nothing, maxBytes: 65_535 });
      assert.deepEqual(facts('note'), { name: 'note', type: 'text', ...nothing, maxBytes: 65_535 });
      assert.deepEqual(facts('title'), {
        name: 'title',
        type: 'text',
        nullable: false,
        hasDefault: true,
        default: "it's 新手",
        autoIncrement: false,
        maxLength: 40,
      });
      assert.deepEqual(facts('flag'), {
        name: 'flag',
        type: 'int',
        nullable: false,
        hasDefault: true,
        default: 1,
        autoIncrement: false,
        min: -128n,
        max: 127n,
      });
      assert.match(info.columns.get('born')?.defaultExpression ?? '', /current_timestamp/i);
      assert.deepEqual([...info.columns.keys()].slice(0, 3), ['id', 'name', 'owner']);
    });

    it('describes a composite key in its order and knows no table that is not there', async () => {
      await store.query('CREATE TABLE tb_pair (a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER, PRIMARY KEY (b, a))');
      assert.deepEqual((await store.describe('tb_pair'))?.primaryKey, ['b', 'a']);
      assert.equal(await store.describe("tb_pair' OR 1=1"), undefined);
    });

    it('commits a transaction whole', async () => {
      const answer = await store.transaction(async (tx) => {
        await tx.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['t1', 1]);
        await tx.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['t2', 2]);
        return 'done';
      });
      assert.equal(answer, 'done');
      assert.equal((await store.query("SELECT value FROM tb_counter WHERE name IN ('t1', 't2')")).rows.length, 2);
    });

    it('rolls back all of a transaction whose body throws, and rejects with what it threw', async () => {
      const error = new Error('no');
      await assert.rejects(
        store.transaction(async (tx) => {
          await tx.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['gone', 1]);
          throw error;
        }),
        error,
      );
      assert.equal((await store.query("SELECT value FROM tb_counter WHERE name = 'gone'")).rows.length, 0);
    });

    it('undoes what a savepoint holds when its body throws, and commits the rest', async () => {
      const insert = (tx: SqlExecutor, name: string) => tx.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', [name, 1]);
      await store.transaction(async (tx) => {
        await insert(tx, 's1');
        const kept = await tx.savepoint(async () => {
          await insert(tx, 's2');
          await assert.rejects(
            tx.savepoint(async () => {
              await insert(tx, 's3');
              await insert(tx, 's1');
            }),
            SqlRefused,
          );
          return 'kept';
        });
        assert.equal(kept, 'kept');
        const refusal = new Error('no');
        await assert.rejects(
          tx.savepoint(async () => {
            await insert(tx, 's4');
            throw refusal;
          }),
          refusal,
        );
        await insert(tx, 's5');
      });
      const { rows } = await store.query("SELECT name FROM tb_counter WHERE name LIKE 's_' ORDER BY name");
      assert.deepEqual(
        rows.map((row) => row.name),
        ['s1', 's2', 's5'],
      );
    });

    it('loses no update of transactions that run at once', async () => {
      await store.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['sum', 0]);
      const lock = dialect === 'mysql' ? ' FOR UPDATE' : '';
      const increment = (tx: SqlExecutor) =>
        tx
          .query(`SELECT value FROM tb_counter WHERE name = 'sum'${lock}`)
          .then(({ rows }) => tx.query("UPDATE tb_counter SET value = ? WHERE name = 'sum'", [Number(rows[0]?.value) + 1]));
      await Promise.all(Array.from({ length: 40 }, () => store.transaction(increment)));
      assert.deepEqual((await store.query("SELECT value FROM tb_counter WHERE name = 'sum'")).rows, [{ value: 40 }]);
    });

    it('takes no statement after the end of a transaction', async () => {
      let kept: SqlExecutor | undefined;
      await store.transaction(async (tx) => {
        kept = tx;
      });
      await assert.rejects(kept?.query('SELECT 1') ?? Promise.resolve(), /has ended/);
    });

    it('rolls back a transaction whose body is idle for longer than the deadline, and serves others again', async () => {
      const impatient = await open(200);
      try {
        await assert.rejects(
          impatient.transaction(async (tx) => {
            await tx.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['idle', 1]);
            await new Promise(() => undefined);
          }),
          (error) => error instanceof StoreDown && /rolled back/.test(error.message),
        );
        assert.equal((await impatient.query("SELECT value FROM tb_counter WHERE name = 'idle'")).rows.length, 0);
      } finally {
        await impatient.close();
      }
    });

    it('refuses statements at the bound of its queue instead of growing', async () => {
      const store = await open();
      try {
        const release = deferred();
        const holders = Array.from({ length: dialect === 'mysql' ? 4 : 1 }, () => store.transaction(() => release.promise));
        await Promise.resolve();
        const waiting = Array.from({ length: 10_001 }, () => store.query('SELECT 1'));
        const last = waiting.at(-1) ?? assert.fail();
        await assert.rejects(last, QueueFull);
        assert.equal(store.waiting, 10_000);
        release.resolve();
        await Promise.all([...holders, ...waiting.slice(0, -1)]);
      } finally {
        await store.close();
      }
    });

    it('tells after a while that nothing is answered, once, and when it answers again', async () => {
      const { log, lines } = keptLog();
      const watched = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 60_000, quietMs: 20, log });
      const long = {
        mysql: 'SELECT SLEEP(0.5) AS n',
        sqlite: 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) SELECT COUNT(*) AS n FROM c',
      };
      await watched.query(long[dialect]);
      await watched.close();
      const told = lines.filter(({ event }) => String(event).startsWith('database ')).map(({ event, level }) => `${level} ${event}`);
      // A busy machine may be slow to connect, too: that is an outage of its own then.
      assert.ok(told.length >= 2 && told.length % 2 === 0, told.join());
      for (const [at, line] of told.entries()) assert.equal(line, at % 2 === 0 ? 'warn database quiet' : 'info database answers');
    });

    it('applies each migration once, also when several start at the same time', async () => {
      const extra: Record<string, Migration> = {
        ...MIGRATIONS,
        '003_more': { up: (db: Kysely<unknown>) => db.schema.createTable('tb_more').addColumn('id', 'integer').execute() },
      };
      const others = [await open(), await open()];
      const applied = await Promise.all([store, ...others].map((one) => one.migrate(extra)));
      assert.deepEqual(applied.flat(), ['003_more']);
      await Promise.all(others.map((one) => one.close()));
      assert.deepEqual(await store.migrate(extra), []);
      Object.assign(MIGRATIONS, extra);
    });

    it('names the migration that failed and applies nothing behind it', async () => {
      const broken: Record<string, Migration> = {
        ...MIGRATIONS,
        '004_bad': { up: (db: Kysely<unknown>) => db.schema.createTable('tb_more').addColumn('id', 'integer').execute() },
        '005_never': { up: (db: Kysely<unknown>) => db.schema.createTable('tb_never').addColumn('id', 'integer').execute() },
      };
      await assert.rejects(
        store.migrate(broken),
        (error) => error instanceof StartFailed && /migration 004_bad failed/.test(error.message) && error.cause instanceof Error,
      );
      assert.equal(await store.describe('tb_never'), undefined);
    });

    it('refuses a list from which an applied migration is missing', async () => {
      await assert.rejects(store.migrate({}), (error) => error instanceof StartFailed && /001_things/.test(error.message));
    });

    it('keeps what was written when it is opened again', async () => {
      await store.query('INSERT INTO tb_counter (name, value) VALUES (?, ?)', ['kept', 12]);
      const again = await open();
      assert.deepEqual((await again.query("SELECT value FROM tb_counter WHERE name = 'kept'")).rows, [{ value: 12 }]);
      await again.close();
      await assert.rejects(again.query('SELECT 1'), StoreDown);
    });
  });
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
