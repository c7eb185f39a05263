import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { QueueFull } from '../../../src/errors';
import { listProfiles, Profiles, profileFolder } from '../../../src/server/watch/profiles';
import { keptLog } from '../../helpers/log';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firefly-profiles-'));
});
after(() => rm(dir, { recursive: true, force: true }));

describe('profiles', () => {
  it('are files of their owner alone, which developer tools can read; one is made at a time', async () => {
    const folder = profileFolder(dir);
    const { log, lines } = keptLog();
    const profiles = new Profiles(folder, '../gäte', log);
    const cpu = profiles.cpu(0.05);
    await assert.rejects(profiles.cpu(1), QueueFull);
    const { file, bytes } = await cpu;
    assert.match(file, /^[\d-]+T[\d-]+Z-\.\._g_te\.cpuprofile$/);
    assert.equal(statSync(join(folder, file)).size, bytes);
    assert.ok(Array.isArray(JSON.parse(readFileSync(join(folder, file), 'utf8')).nodes));
    const heap = await profiles.heap('ticket');
    assert.deepEqual(await profiles.heap('ticket'), heap);
    assert.ok(readFileSync(join(folder, heap.file), 'utf8').startsWith('{"snapshot"'));
    for (const path of [join(folder, file), join(folder, heap.file)]) assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.match(String(lines[0]?.msg), /stands still/);
  });

  it('are kept in a bounded number, the newest, and nothing else counts as one', async () => {
    const folder = profileFolder(dir);
    for (let i = 10; i < 40; i++) writeFileSync(join(folder, `2000-01-01T00-00-${i}-gate.cpuprofile`), '{}');
    writeFileSync(join(folder, 'secret'), '');
    const made = await new Profiles(folder, 'gate', keptLog().log).cpu(0.01);
    const files = (await listProfiles(folder)).map(({ file }) => file).filter((file) => file.endsWith('.cpuprofile'));
    assert.equal(files.length, 20);
    assert.equal(files.at(-1), made.file);
    assert.ok(!files.includes('2000-01-01T00-00-10-gate.cpuprofile'));
    assert.ok((await listProfiles(folder)).every(({ file }) => file !== 'secret'));
  });
});
