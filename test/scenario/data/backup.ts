/** What docs/data.md says of backups, done as it says, on whichever database. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { firefly } from '../../helpers/command';
import { Project } from '../../helpers/project';
import { twoNodes } from './twonodes';

/** A database that is backed up while the cluster runs, and restored while it does not. */
export interface BackedUp extends AsyncDisposable {
  /** Section `db` of the config. */
  readonly config: object;
  backUp(dataDir: string): Promise<void>;
  restore(dataDir: string): Promise<void>;
}

interface Score {
  readonly id: number;
  readonly n: number;
}

/** 1: makes that many rows, and counts them in row 1. 2: all rows, from SQL. */
const scores = (db: object, limits: object) =>
  new Project({
    'config.json': twoNodes({
      db,
      memcached: { embedded: true },
      limits: { redialMaxMs: 300, ...limits },
    }),
    'app/dbfront.ts': `
import { migrate, onStart } from 'firefly-ts';
import { sql } from 'firefly-ts/sql';
const up = async (db: never) => { await sql\`CREATE TABLE tb_score (id INTEGER PRIMARY KEY, n INT NOT NULL)\`.execute(db); };
onStart(async () => { await migrate({ '001': { up } }); });
`,
    'app/net.ts': `
import { db, defineTable, netserviceHandle, onStart } from 'firefly-ts';
const scores = defineTable<{ id: number; n: number }>('tb_score', { pk: 'id', incrkey: 'id' });
onStart(() => scores.insert());
netserviceHandle(1, async (_conn, data) => {
  const first = (await scores.getObj(1)) ?? (await scores.new({ id: 1, n: 0 }));
  for (let i = 0; i < Number(data); i++) {
    await scores.new({ n: i });
    await first.increment('n');
  }
  return 'made';
});
netserviceHandle(2, async () => JSON.stringify((await db.query('SELECT * FROM tb_score ORDER BY id', [], { fresh: true })).rows));
`,
  });

async function make(cluster: Cluster, rows: number): Promise<void> {
  await using player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
  assert.equal((await player.request(1, String(rows))).text, 'made');
}

async function rowsOf(cluster: Cluster): Promise<Score[]> {
  await using player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
  return JSON.parse((await player.request(2)).text) as Score[];
}

export function backupScenario(stores: string, open: () => Promise<BackedUp>): void {
  const run = async (limits: object, body: (at: { project: Project; database: BackedUp; dataDir: string }) => Promise<void>) => {
    await using database = await open();
    using project = scores(database.config, limits);
    const dataDir = mkdtempSync(join(tmpdir(), 'firefly-backup-'));
    try {
      await body({ project, database, dataDir });
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  };

  describe(`a backup of a running cluster on ${stores}`, () => {
    it('is restored, and the journal brings everything that came after it', () =>
      run({}, async ({ project, database, dataDir }) => {
        const start = () => startCluster(project.path('config.json'), { dataDir });
        {
          await using cluster = await start();
          await make(cluster, 20);
          await rowsOf(cluster);
          await database.backUp(dataDir);
          await make(cluster, 20);
          await rowsOf(cluster);
          await make(cluster, 20);
          // Killed, not stopped: the last ones are in the journal only.
        }
        await database.restore(dataDir);
        await using cluster = await start();
        const rows = await rowsOf(cluster);
        assert.deepEqual([rows.length, rows[0]?.n], [61, 60]);
        await make(cluster, 1);
        const ids = (await rowsOf(cluster)).map(({ id }) => id);
        assert.equal(new Set(ids).size, 62, 'no id is given twice');
      }));

    it('comes with a copy of the journal to another machine', () =>
      run({}, async ({ project, database, dataDir }) => {
        const elsewhere = mkdtempSync(join(tmpdir(), 'firefly-backup-'));
        try {
          {
            await using cluster = await startCluster(project.path('config.json'), { dataDir });
            await make(cluster, 20);
            await database.backUp(dataDir);
            await make(cluster, 20);
            cpSync(join(dataDir, 'journal'), join(elsewhere, 'journal'), { recursive: true });
          }
          await database.restore(elsewhere);
          await using cluster = await startCluster(project.path('config.json'), { dataDir: elsewhere });
          assert.deepEqual((await rowsOf(cluster)).slice(0, 1), [{ id: 1, n: 40 }]);
        } finally {
          rmSync(elsewhere, { recursive: true, force: true });
        }
      }));

    it('that is older than the kept segments is refused with the command that goes on without what is missing', () =>
      run(
        { flushIntervalMs: 20, journalSegmentBytes: 2_000, journalKeepMs: 1, journalKeepBytes: 1 },
        async ({ project, database, dataDir }) => {
          const segments = () => readdirSync(join(dataDir, 'journal')).filter((name) => name.endsWith('.journal'));
          {
            await using cluster = await startCluster(project.path('config.json'), { dataDir });
            await make(cluster, 5);
            await rowsOf(cluster);
            await database.backUp(dataDir);
            const then = segments();
            const isGone = async () => {
              await make(cluster, 20);
              await rowsOf(cluster);
              return !segments().some((name) => then.includes(name));
            };
            await cluster.waitFor(isGone, 'removal of the segments that the backup needs', 60_000);
            assert.equal(await cluster.stop(), 0);
          }
          await database.restore(dataDir);
          const pattern = /was an old backup of the database restored\? Nothing was changed\..*firefly journal repair --accept-gap (\S+)/;
          let word = '';
          {
            await using cluster = await startCluster(project.path('config.json'), { dataDir, ready: [] });
            word = pattern.exec(await cluster.waitForLine(pattern, 30_000))?.[1] ?? '';
          }
          const repair = ['journal', 'repair', '--accept-gap', word, '--yes'];
          const { exit, text } = await firefly(project.path('config.json'), { FIREFLY_DATA_DIR: dataDir }, ...repair);
          assert.equal(exit, 0, text);
          await using cluster = await startCluster(project.path('config.json'), { dataDir });
          const rows = await rowsOf(cluster);
          assert.ok(rows.length >= 6 && (rows[0]?.n ?? 0) >= 5, JSON.stringify(rows.slice(0, 3)));
          await make(cluster, 1);
        },
      ));
  });
}
