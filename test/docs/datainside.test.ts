import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const FOLDER = join(__dirname, '../../src/dbentrust');

describe('src/dbentrust/README.md', () => {
  const text = readFileSync(join(FOLDER, 'README.md'), 'utf8');

  it('says of every folder what it is for', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    const named = [...text.matchAll(/^\| `(\w+)\/`/gm)].map(([, name]) => name ?? '');
    assert.deepEqual(named.sort(), folders.sort());
  });

  it('names no file that is not there', () => {
    const files = [...text.matchAll(/\b(?:\w+\/)?\w+\.ts\b/g)].map(([file]) => file);
    const places = [FOLDER, join(FOLDER, 'cache'), join(FOLDER, '../..')];
    const missing = files.filter((file) => !places.some((place) => existsSync(join(place, file))));
    assert.deepEqual(
      missing.filter((file) => !existsSync(join(FOLDER, '..', file))),
      [],
    );
    assert.ok(files.length > 20);
  });
});
