/** What an operator types about rows and the journal, on a real cluster: what it does, what it says, and how it ends. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore } from '../../../src/dbentrust/sql/store';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { firefly } from '../../helpers/command';
import { claimPorts } from '../../helpers/ports';
import { Project } from '../../helpers/project';
import { silentLog } from '../../helpers/services';
import { twoNodes } from './twonodes';

/** 1: new guild of a level, answered with its key. 2: the guild's row. 3: everything to SQL. */
const guilds = (limits: object = {}) =>
  new Project({
    'config.json': twoNodes({
      db: { engine: 'sqlite' },
      memcached: { embedded: true },
      limits: { redialMaxMs: 300, flushIntervalMs: 50, ...limits },
    }),
    'app/dbfront.ts': `
import { migrate, onStart } from 'firefly-ts';
import { sql } from 'firefly-ts/sql';
const up = async (db: never) => {
  await sql\`CREATE TABLE tb_level (level INTEGER PRIMARY KEY)\`.execute(db);
  await sql\`WITH RECURSIVE n(level) AS (SELECT 1 UNION ALL SELECT level + 1 FROM n WHERE level < 99) INSERT INTO tb_level SELECT level FROM n\`.execute(db);
  await sql\`CREATE TABLE tb_guild (id INTEGER PRIMARY KEY, level INT NOT NULL REFERENCES tb_level(level))\`.execute(db);
};
onStart(async () => { await migrate({ '001': { up } }); });
`,
    'app/net.ts': `
import { db, defineTable, netserviceHandle, onStart } from 'firefly-ts';
const guilds = defineTable<{ id: number; level: number }>('tb_guild', { pk: 'id', incrkey: 'id' });
onStart(() => guilds.insert());
netserviceHandle(1, async (_conn, data) => String((await guilds.new({ level: Number(data) })).pk));
netserviceHandle(2, async (_conn, data) => JSON.stringify(await guilds.getObjData(String(data))));
netserviceHandle(3, async () => { await db.flush(); return 'flushed'; });
`,
  });

/** The database itself, beside the running cluster. */
async function database<T>(dataDir: string, use: (store: SqlStore) => Promise<T>): Promise<T> {
  const config = { engine: 'sqlite', host: '', port: 0, user: '', password: '', database: 'firefly', charset: 'utf8' } as const;
  const store = await openStore(config, { dataDir, sqlMs: 5_000, log: silentLog() });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const play = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
const makeGuild = async (player: GameClient, level: number) => (await player.request(1, String(level))).text;
const rowOf = async (player: GameClient, pk: string) => JSON.parse((await player.request(2, pk)).text) as { level: number } | null;

/** A folder for the data of clusters that come one after the other. */
class DataFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'firefly-data-'));
  readonly journal = join(this.path, 'journal');

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Flips a bit in the middle of the newest segment. */
  damage(): void {
    const newest =
      readdirSync(this.journal)
        .filter((name) => name.endsWith('.journal'))
        .sort()
        .at(-1) ?? '';
    const bytes = readFileSync(join(this.journal, newest));
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(join(this.journal, newest), bytes);
  }
}

describe('the firefly command', () => {
  it('says how it is used, and that nobody answers', async () => {
    using project = guilds();
    using data = new DataFolder();
    await using ports = await claimPorts([9998, 9999, 10001]);
    const env = { FIREFLY_DATA_DIR: data.path, FIREFLY_PORT_OFFSET: String(ports.offset) };
    const run = (...args: string[]) => firefly(project.path('config.json'), env, ...args);
    assert.equal((await run('--help')).exit, 0);
    for (const args of [
      ['evict', 'tb_guild'],
      ['quarantine'],
      ['journal', 'repair'],
      ['journal', 'repair', '--cut', 'x'],
      ['journal', 'repair', '--accept-gap', 'x'],
      ['nonsense'],
    ])
      assert.equal((await run(...args)).exit, 2, args.join(' '));
    assert.deepEqual(await firefly(project.path('missing.json'), {}, 'status').then(({ exit }) => exit), 2);
    const away = await run('status');
    assert.equal(away.exit, 3);
    assert.match(away.text, /^firefly: no master answers at http:\/\/127\.0\.0\.1:\d+ .*is the cluster running/);
    const empty = await run('journal', 'inspect');
    assert.equal(empty.exit, 1);
    assert.match(empty.text, /^there is no journal in .*\nfirefly: nothing to look at; is this the machine of dbfront/);
  });

  it('evicts a row, so that what was changed by hand is seen, and lists, releases and drops the quarantine', async () => {
    using project = guilds();
    await using cluster = await startCluster(project.path('config.json'));
    const run = (...args: string[]) => firefly(project.path('config.json'), cluster.environment, ...args);
    const player = await play(cluster);
    assert.match((await run('status')).text, /^node +state .*\n(.*\n)?dbfront +ready/m);

    const pk = await makeGuild(player, 5);
    await player.request(3);
    await database(cluster.dataDir, (sql) => sql.query('UPDATE tb_guild SET level = 6 WHERE id = ?', [pk]));
    assert.equal((await rowOf(player, pk))?.level, 5);
    assert.deepEqual(await run('evict', 'tb_guild', pk), { exit: 0, text: `tb_guild ${pk} is read from the database next time\n` });
    assert.equal((await rowOf(player, pk))?.level, 6);
    const unknown = await run('evict', 'tb_nothing', '1');
    assert.equal(unknown.exit, 1);
    assert.match(unknown.text, /tb_nothing/);

    assert.deepEqual(await run('quarantine', 'list'), { exit: 0, text: 'no row is in quarantine\n' });
    const bad = await makeGuild(player, 100);
    const worse = await makeGuild(player, 200);
    const listed = await cluster.waitFor(async () => {
      const { exit, text } = await run('quarantine', 'list');
      return exit === 0 && text.includes(`tb_guild  ${worse}`) ? text : undefined;
    }, 'both rows in the quarantine');
    assert.match(listed, new RegExp(`^table +pk +reason\ntb_guild +${bad} +.*FOREIGN KEY`));
    assert.equal((await rowOf(player, bad))?.level, 100, 'read as it was acknowledged');

    const still = await run('quarantine', 'release', 'tb_guild', bad);
    assert.equal(still.exit, 1);
    assert.match(still.text, /FOREIGN KEY.*\nfirefly: the database refuses it still/);
    const releaseAll = async () => {
      const answer = await fetch(`http://127.0.0.1:${9998 + cluster.offset}/quarantine/release?all=1`, { method: 'POST' });
      return {
        status: answer.status,
        refused: ((await answer.json()) as { refused: { pk: number }[] }).refused.map(({ pk }) => String(pk)),
      };
    };
    assert.deepEqual(await releaseAll(), { status: 200, refused: [bad, worse] });
    const other = await makeGuild(player, 300);
    await cluster.waitFor(
      async () => (await run('quarantine', 'list')).text.includes(`tb_guild  ${other}`),
      'a third row in the quarantine',
    );
    await database(cluster.dataDir, (sql) => sql.query('INSERT INTO tb_level VALUES (300)'));
    assert.deepEqual(await releaseAll(), { status: 200, refused: [bad, worse] }, 'the third is in the database');
    assert.equal((await run('quarantine', 'drop', 'tb_guild', worse)).exit, 0);
    assert.equal(await rowOf(player, worse), null);
    assert.equal((await run('quarantine', 'drop', 'tb_guild', worse)).exit, 1, 'it is not there any more');
    await database(cluster.dataDir, (sql) => sql.query('INSERT INTO tb_level VALUES (100)'));
    await cluster.kill('dbfront');
    await cluster.waitFor(async () => (await cluster.status()).nodes.dbfront?.restarts === 1, 'restart of dbfront');
    await cluster.whenReady(['dbfront']);
    const released = await run('quarantine', 'release', 'tb_guild', bad);
    assert.deepEqual(released, { exit: 0, text: `tb_guild ${bad} and what it is bound to are in the database\n` });
    assert.deepEqual(await run('quarantine', 'list'), { exit: 0, text: 'no row is in quarantine\n' });
    const rows = await database(cluster.dataDir, async (sql) => (await sql.query('SELECT id, level FROM tb_guild ORDER BY id')).rows);
    assert.deepEqual(
      rows.map(({ id, level }) => [String(id), level]),
      [
        [pk, 6],
        [bad, 100],
        [other, 300],
      ],
    );
    player.close();
    assert.deepEqual(await run('stop'), { exit: 0, text: 'the cluster is stopping\nthe cluster has stopped\n' });
    assert.equal(await cluster.whenExited(), 0);
  });

  it('stops under a database that another process holds: the log says why it takes long, and how many rows wait in the journal', async () => {
    using project = guilds({ flushIntervalMs: 3_600_000 });
    using data = new DataFolder();
    {
      await using cluster = await startCluster(project.path('config.json'), { dataDir: data.path });
      const player = await play(cluster);
      await makeGuild(player, 7);
      player.close();
      const stopped = await database(data.path, (sql) =>
        sql.transaction(async (tx) => {
          await tx.query('SELECT 1');
          const stop = firefly(project.path('config.json'), cluster.environment, 'stop');
          const said = (line: RegExp) => cluster.lines.some((each) => line.test(each));
          await cluster.waitFor(async () => {
            await tx.query('SELECT 1'); // who is idle loses its transaction
            return said(/another process is writing to the database file/) && said(/1 rows wait in the journal for the next start/);
          }, 'both lines');
          return { stop };
        }),
      );
      assert.equal((await stopped.stop).exit, 0);
      assert.equal(await cluster.whenExited(), 0);
    }
    await using cluster = await startCluster(project.path('config.json'), { dataDir: data.path });
    const player = await play(cluster);
    assert.equal((await rowOf(player, '1'))?.level, 7);
    player.close();
  });

  it('looks at the journal, and repairs it only when no dbfront runs and somebody said yes', async () => {
    using project = guilds({ flushIntervalMs: 3_600_000 });
    using data = new DataFolder();
    const run = (...args: string[]) => firefly(project.path('config.json'), { FIREFLY_DATA_DIR: data.path }, ...args);
    const pks: string[] = [];
    for (let made = 0; made < 2; made++) {
      const none = await run('journal', 'inspect');
      assert.deepEqual([none.exit, none.text.split('\n')[0]], [1, `there is no journal in ${data.journal}`]);
      assert.match(none.text, /is this the machine of dbfront/);
      mkdirSync(data.journal, { recursive: true });
    }
    {
      await using cluster = await startCluster(project.path('config.json'), { dataDir: data.path });
      const player = await play(cluster);
      await makeGuild(player, 1);
      await player.request(3);
      for (let level = 1; level <= 20; level++) pks.push(await makeGuild(player, level));
      const sound = await run('journal', 'inspect');
      assert.equal(sound.exit, 0);
      assert.match(sound.text, /^journal [0-9a-f-]{36} in .*\n(.*\n)*no damage\n$/);
      const busy = await run('journal', 'repair', '--accept-gap', 'none', '--yes');
      assert.equal(busy.exit, 1);
      assert.match(busy.text, /dbfront, process \d+, has this journal open; stop the cluster first/);
      player.close();
      // Killed, not stopped, and before the others: a dbfront that sees its master go would stop in order, and flush.
      const { dbfront } = (await cluster.status()).nodes;
      process.kill(dbfront?.pid ?? assert.fail('no dbfront'), 'SIGKILL');
    }
    data.damage();
    const place = await refusedWith(project, data, /firefly journal repair --cut (\S+:\d+)/);
    const damaged = await run('journal', 'inspect');
    assert.equal(damaged.exit, 1);
    assert.match(damaged.text, /is damaged at byte \d+/);
    const before = readdirSync(data.journal).filter((name) => name.endsWith('.journal'));
    const asked = await run('journal', 'repair', '--cut', place);
    assert.equal(asked.exit, 1);
    assert.match(
      asked.text,
      /^the journal ends after change \d+\. Given up.*\n {2}\S+\.journal, \d+ bytes from byte \d+ on\n(.*\n)*firefly: nothing was changed; say --yes to do it/,
    );
    assert.equal((await run('journal', 'repair', '--cut', `${place}1`, '--yes')).exit, 1, 'no damage there');
    assert.deepEqual(
      readdirSync(data.journal).filter((name) => name.endsWith('.journal')),
      before,
    );
    const cut = await run('journal', 'repair', '--cut', place, '--yes');
    assert.equal(cut.exit, 0, cut.text);
    assert.match(cut.text, /done; kept: .*\.aside/);
    {
      await using cluster = await startCluster(project.path('config.json'), { dataDir: data.path });
      const player = await play(cluster);
      const found = await Promise.all(pks.map((pk) => rowOf(player, pk)));
      const lost = found.indexOf(null);
      assert.ok(lost > 0 && found.slice(lost).every((row) => row === null), 'what lies before the damage is there, and only that');
      player.close();
      assert.equal(await cluster.stop(), 0);
    }

    rmSync(data.journal, { recursive: true });
    const word = await refusedWith(project, data, /firefly journal repair --accept-gap ([0-9a-f-]{36}:\d+)/);
    assert.equal((await run('journal', 'repair', '--accept-gap', word)).exit, 1, 'without --yes');
    const accepted = await run('journal', 'repair', '--accept-gap', word, '--yes');
    assert.deepEqual([accepted.exit, accepted.text.trimEnd().split('\n').at(-1)], [0, 'done; start dbfront']);
    await using cluster = await startCluster(project.path('config.json'), { dataDir: data.path });
    const player = await play(cluster);
    assert.equal((await rowOf(player, pks[0] ?? ''))?.level, 1);
    player.close();
  });
});

/** Starts the cluster, whose dbfront does not come up. @returns what its error says to type */
async function refusedWith(project: Project, data: DataFolder, pattern: RegExp): Promise<string> {
  await using cluster = await startCluster(project.path('config.json'), { dataDir: data.path, ready: [] });
  return pattern.exec(await cluster.waitForLine(pattern, 30_000))?.[1] ?? '';
}
