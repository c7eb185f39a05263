/** The file layer of the crash tests: what this process sees, and what is left when it is gone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DiskFiles, type Files } from '../../../src/dbentrust/journal/files';
import { PowerCutFiles } from '../../../src/dbentrust/journal/powercut';

async function contents(files: Files, path: string): Promise<Buffer | undefined> {
  if (!files.exists(path)) return undefined;
  const file = await files.open(path);
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  await file.close();
  return bytes;
}

const step = fc.oneof(
  fc.record({ write: fc.integer({ min: 1, max: 9_000 }) }),
  fc.constant({ sync: true } as const),
  fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

describe('a disk that forgets what was not synced', () => {
  it('shows its process everything, and keeps for others what was synced, and perhaps more', async () => {
    const property = fc.asyncProperty(fc.nat(), fc.array(step, { maxLength: 15 }), async (seed, steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'firefly-powercut-'));
      const path = join(folder, 'file');
      const [files, disk] = [new PowerCutFiles(new DiskFiles(), seed), new DiskFiles()];
      const file = await files.create(path);
      await files.syncFolder(folder);
      let written = Buffer.alloc(0);
      let synced = 0;
      for (const [index, next] of steps.entries()) {
        if ('write' in next) {
          const bytes = Buffer.alloc(next.write, index + 1);
          await file.write([bytes.subarray(0, 7), bytes.subarray(7)], written.length);
          written = Buffer.concat([written, bytes]);
        } else if ('cut' in next) {
          written = written.subarray(0, synced + Math.floor((written.length - synced) * next.cut));
          await file.truncate(written.length);
        } else {
          await file.datasync();
          synced = written.length;
        }
        const seen = Buffer.alloc(written.length + 10);
        assert.equal(await file.read(seen, 0), written.length);
        assert.ok(seen.subarray(0, written.length).equals(written));
        const left = (await contents(disk, path)) ?? Buffer.alloc(0);
        assert.ok(left.subarray(0, synced).equals(written.subarray(0, synced)));
        assert.ok(left.every((byte, at) => byte === 0 || byte === written[at]));
      }
      await file.close();
      rmSync(folder, { recursive: true });
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('gives a file its name when the folder is synced, or before, but an exclusive one at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firefly-powercut-'));
    const disk = new DiskFiles();
    const early = { renamed: 0, not: 0 };
    for (let seed = 0; seed < 30; seed += 1) {
      const files = new PowerCutFiles(disk, seed);
      const [from, to, claim] = [join(folder, `${seed}.opening`), join(folder, `${seed}.journal`), join(folder, `claim.${seed}`)];
      await (await files.create(claim, true)).close();
      assert.ok(disk.exists(claim));
      await (await files.create(from)).close();
      await files.rename(from, to);
      assert.ok(files.exists(to) && !files.exists(from) && !disk.exists(from));
      assert.ok((await files.list(folder)).includes(`${seed}.journal`));
      early[disk.exists(to) ? 'renamed' : 'not'] += 1;
      await files.syncFolder(folder);
      assert.ok(disk.exists(to));
    }
    assert.ok(early.renamed > 0 && early.not > 0, JSON.stringify(early));
    rmSync(folder, { recursive: true });
  });
});
