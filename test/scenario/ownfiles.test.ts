/** Whose the files of a cluster are: their owner's alone whatever the umask; and what root makes belongs to whoever has the folder. */
import assert from 'node:assert/strict';
import { chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../helpers/cluster';
import { firefly } from '../helpers/command';
import { type Project, variantOf } from '../helpers/project';

/** Whoever that is: nobody whose files root would make by itself. */
const SOMEBODY = 4711;

/** A folder that belongs to somebody else, where the tests run as root; only root can give files away. */
function folderOfSomebody(): string {
  const folder = mkdtempSync(join(tmpdir(), 'firefly-own-'));
  if (process.geteuid?.() === 0) chownSync(folder, SOMEBODY, SOMEBODY);
  return folder;
}

/** Everything below a folder, the folder too. */
function everything(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true });
  return [folder, ...below.flatMap((entry) => (entry.isDirectory() ? everything(join(folder, entry.name)) : [join(folder, entry.name)]))];
}

function assertOwn(folder: string): void {
  const { uid, gid } = lstatSync(join(folder, '..'));
  for (const path of everything(folder)) {
    const { mode, ...owner } = lstatSync(path);
    assert.equal(mode & 0o077, 0, `others have a right to ${path}: ${(mode & 0o777).toString(8)}`);
    assert.deepEqual([owner.uid, owner.gid], [uid, gid], `${path} has another owner than the folder that the cluster was given`);
  }
}

describe('the files of a cluster that runs with a umask of 0', () => {
  let home: string;
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    home = folderOfSomebody();
    const umask = process.umask(0);
    try {
      const log = join(home, 'data/logs/gate.log');
      project = variantOf('config.json', { servers: { gate: { log } } });
      cluster = await startCluster(project.path('config.json'), { dataDir: join(home, 'data') });
    } finally {
      process.umask(umask);
    }
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
    rmSync(home, { recursive: true, force: true });
  });

  it('are closed to others: secret, database, journal, logs, profiles, sockets', async () => {
    const profile = await cluster.post('/profile?node=gate&seconds=1');
    assert.equal(profile.status, 200, profile.text);
    assertOwn(cluster.dataDir);
    const names = everything(cluster.dataDir).join('\n');
    for (const part of [
      /\/secret$/m,
      /\.sqlite$/m,
      /\.sqlite-wal$/m,
      /\.journal$/m,
      /\.log$/m,
      /\.cpuprofile$/m,
      /\/run\/gate$/m,
      /\/run\/memcached-/,
    ])
      assert.match(names, part);
  });
});

describe('firefly journal repair, typed as root in the data folder of another user,', () => {
  it('leaves nothing that this user cannot open', async () => {
    const home = folderOfSomebody();
    try {
      mkdirSync(join(home, 'data'), { mode: 0o700 });
      const { uid, gid } = lstatSync(home);
      chownSync(join(home, 'data'), uid, gid);
      const environment = { FIREFLY_DATA_DIR: join(home, 'data') };
      const { exit, text } = await firefly('config.json', environment, 'journal', 'repair', '--accept-gap', 'none', '--yes');
      assert.equal(exit, 0, text);
      assert.deepEqual(readdirSync(join(home, 'data/journal')), ['accepted-gap']);
      assertOwn(join(home, 'data'));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
