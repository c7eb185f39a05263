import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { listTests } from '../../tools/test';

describe('the list of tests', () => {
  it('has every emitted test whose source is there, and no fixture, helper or left-over', async () => {
    const root = await mkdtemp(join(tmpdir(), 'firefly-list-'));
    try {
      const built = ['wire/link', 'scenario/stop', 'store.mysql', 'cache/client.memcached', 'fixtures/game/a', 'helpers/b'];
      const files = [
        ...built.flatMap((name) => [`${name}.test.ts`, `${name}.test.js`]),
        'stale.test.js',
        'unbuilt.test.ts',
        'helpers/client.js',
      ];
      for (const file of files) {
        await mkdir(dirname(join(root, 'test', file)), { recursive: true });
        await writeFile(join(root, 'test', file), '');
      }
      const list = (embedded: boolean, ...filters: string[]) => listTests(root, { embedded, filters });
      const everything = [
        'test/cache/client.memcached.test.js',
        'test/scenario/stop.test.js',
        'test/store.mysql.test.js',
        'test/wire/link.test.js',
      ];
      assert.deepEqual(list(false), everything);
      assert.deepEqual(list(true), ['test/scenario/stop.test.js', 'test/wire/link.test.js']);
      assert.deepEqual(list(false, 'wire/', 'stop.test.ts'), ['test/scenario/stop.test.js', 'test/wire/link.test.js']);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

describe('the test command', () => {
  it('fails when nothing matches, so that a typing error is no success', async () => {
    const script = join(__dirname, '../../tools/test.js');
    const failure = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile(process.execPath, [script, '--embedded', 'no/such/test'], (error, _out, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      );
    });
    assert.equal(failure.code, 2);
    assert.match(failure.stderr, /no test file matches no\/such\/test/);
  });
});
