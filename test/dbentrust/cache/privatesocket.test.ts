import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { EmbeddedMemcached } from '../../../src/dbentrust/cache/embedded';
import { MemClient } from '../../../src/dbentrust/cache/memclient';
import { isOpenToUs, listenPrivately } from '../../../src/dbentrust/cache/privatesocket';
import { silentLog } from '../../helpers/services';

/** Leaves a socket behind at which nobody listens. */
function killedWithSocket(path: string): void {
  const listens = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  assert.equal(spawnSync(process.execPath, ['-e', listens]).signal, 'SIGKILL');
}

describe('the socket of the embedded memcached', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'firefly-socket-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** Hosts one, writes and reads through it, and closes it. @returns where it was */
  async function use(folder: string): Promise<string> {
    const server = new EmbeddedMemcached();
    const { url, leave } = await listenPrivately(server, folder);
    const path = url.replace(/^unix:/, '');
    try {
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.equal(statSync(dirname(path)).mode & 0o077, 0);
      assert.ok(await isOpenToUs(url));
      const client = MemClient.connect([url], { hostname: 'h', timeoutMs: 5_000, log: silentLog() });
      await client.set('key', Buffer.from('value'));
      assert.equal(String(await client.get('key')), 'value');
      await client.flushAll();
      assert.equal(await client.get('key'), undefined);
      await client.close();
    } finally {
      await server.close();
      await leave();
    }
    assert.ok(!existsSync(path));
    assert.ok(!(await isOpenToUs(url)));
    return path;
  }

  it('lies in a folder for its user alone, and goes with its server', async () => {
    const folder = join(home, 'run');
    assert.equal(dirname(await use(folder)), folder);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('lies elsewhere, likewise closed, when the path is longer than a socket can have', async () => {
    const folder = join(home, 'x'.repeat(120));
    const path = await use(folder);
    assert.notEqual(dirname(path), folder);
    assert.ok(!existsSync(dirname(path)));
  });

  it('makes away with those of processes that were killed, and with nothing else', async () => {
    const folder = join(home, 'run');
    mkdirSync(folder, { mode: 0o700 });
    const living = createServer().listen(join(folder, 'memcached-aaaaaaaaaaaa'));
    const other = createServer().listen(join(folder, 'other'));
    killedWithSocket(join(folder, 'memcached-bbbbbbbbbbbb'));
    assert.equal(readdirSync(folder).length, 3);
    await use(folder);
    assert.deepEqual(readdirSync(folder).sort(), ['memcached-aaaaaaaaaaaa', 'other']);
    living.close();
    other.close();
  });
});
