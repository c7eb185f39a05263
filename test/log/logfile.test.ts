/** The file of a log, and a disk or an owner that is in its way. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LogFile } from '../../src/log/logfile';

function fileAt(path: string) {
  const said: unknown[] = [];
  const file = new LogFile({ path, againMs: 0, failed: (reason) => said.push(reason), mended: (lost) => said.push(lost) });
  return { file, said };
}

describe('a log file', () => {
  it('that cannot be opened is said once, and opened as soon as it can be, with the number of lines it lacks', () => {
    const folder = mkdtempSync(join(tmpdir(), 'firefly-logfile-'));
    try {
      const path = join(folder, 'logs/gate.log');
      mkdirSync(path, { recursive: true });
      const { file, said } = fileAt(path);
      for (const line of ['one\n', 'two\n']) file.write(line);
      assert.match(file.trouble ?? '', /^EISDIR/);
      assert.deepEqual([said.length, said[0]], [1, file.trouble]);
      rmdirSync(path);
      for (const line of ['three\n', 'four\n']) file.write(line);
      assert.deepEqual([file.trouble, said.slice(1)], [undefined, [2]]);
      assert.equal(readFileSync(path, 'utf8'), 'three\nfour\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('on a full disk counts the lines that are more than it keeps', () => {
    const { file, said } = fileAt('/dev/full');
    const line = `${'x'.repeat(1024 * 1024)}\n`;
    for (let n = 0; n < 6; n++) file.write(line);
    assert.match(file.trouble ?? '', /^ENOSPC/);
    assert.deepEqual(said, [file.trouble]);
  });
});
