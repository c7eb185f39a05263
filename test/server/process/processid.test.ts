import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bornOf, isRunning, isTraced, ownId } from '../../../src/server/process/processid';
import { readRunFile, strayNodes, writeRunFile } from '../../../src/server/process/runfile';

describe('a process', () => {
  it('is known by its number and its birth', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const id = { pid: child.pid ?? 0, born: bornOf(child.pid ?? 0) };
    assert.equal(isRunning(id), true);
    assert.equal(isRunning({ ...id, born: ownId().born }), false, 'another birth is another process');
    assert.equal(isTraced(id.pid), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isRunning(id), false);
    assert.equal(bornOf(id.pid), undefined);
  });
});

describe('the file of a node that runs', () => {
  it('names this process until it is taken back, and nobody who has ended', () => {
    const dir = mkdtempSync(join(tmpdir(), 'firefly-run-'));
    try {
      assert.equal(readRunFile(dir, 'game1'), undefined);
      const forget = writeRunFile(dir, 'game1', true);
      assert.deepEqual(readRunFile(dir, 'game1'), { ...ownId(), byMaster: true });
      assert.deepEqual(strayNodes(dir, new Set()), [{ name: 'game1', pid: process.pid }]);
      assert.deepEqual(strayNodes(dir, new Set(['game1'])), []);
      writeFileSync(join(dir, 'run/game2'), JSON.stringify({ ...ownId(), born: 'another boot:1', byMaster: true }));
      writeFileSync(join(dir, 'run/game3'), 'half a fi');
      for (const name of ['game2', 'game3']) assert.equal(readRunFile(dir, name), undefined);
      forget();
      assert.equal(readRunFile(dir, 'game1'), undefined);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
