import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { makeDataFolder } from '../../src/config/datafolder';

/** Folders that were synced while `body` ran. */
function synced(body: () => void): string[] {
  const opened = new Map<number, string>();
  const folders: string[] = [];
  const { openSync, fsyncSync } = fs;
  fs.openSync = (...args: Parameters<typeof openSync>) => {
    const fd = openSync(...args);
    opened.set(fd, String(args[0]));
    return fd;
  };
  fs.fsyncSync = (fd) => {
    fsyncSync(fd);
    folders.push(opened.get(fd) ?? `descriptor ${fd}`);
  };
  try {
    body();
  } finally {
    Object.assign(fs, { openSync, fsyncSync });
  }
  return folders;
}

describe('the data folder', () => {
  it('that is new is on the disk before anything is written in it: a power cut takes none of its names', () => {
    const root = fs.mkdtempSync(join(tmpdir(), 'firefly-data-'));
    try {
      const dataDir = join(root, 'deep', 'data');
      const folders = synced(() => makeDataFolder({ dataDir }));
      assert.deepEqual(folders, [dirname(dataDir), root]);
      assert.equal(fs.statSync(dataDir).mode & 0o777, 0o700);
      assert.deepEqual(
        synced(() => makeDataFolder({ dataDir })),
        [],
        'nothing was made',
      );
    } finally {
      fs.rmSync(root, { recursive: true });
    }
  });
});
