/** A journal and a database that do not belong together are refused, unless somebody says that they may go on. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Applied } from '../../../src/dbentrust/journal/contract';
import { parsePosition, positionText } from '../../../src/dbentrust/journal/gap';
import { acceptGap } from '../../../src/dbentrust/journal/repair';
import { StartFailed } from '../../../src/errors';
import { appendAll, JournalFolder, texts } from './folder';

const OTHER = '01234567-89ab-cdef-0123-456789abcdef';

async function refuses(folder: JournalFolder, applied: Applied | undefined, reason: RegExp): Promise<void> {
  await assert.rejects(folder.read(applied), (error: unknown) => {
    assert.ok(error instanceof StartFailed, String(error));
    assert.match(error.message, reason);
    assert.ok(error.message.endsWith(`firefly journal repair --accept-gap ${positionText(applied)}`), error.message);
    return true;
  });
}

/** Thirty records in small segments; SQL had the first fifteen, and what was applied is gone already. */
async function halfApplied(folder: JournalFolder): Promise<string> {
  const { journal } = await folder.open(undefined, { segmentBytes: 200, keepBytes: 0 });
  await appendAll(journal, ...texts('record ', 30).map((text) => [text]));
  journal.truncate(15);
  await journal.close();
  const again = await folder.read({ uuid: journal.uuid, position: 15 });
  assert.deepEqual(again.texts.slice(-15), texts('record ', 30).slice(15));
  return journal.uuid;
}

describe('a gap between journal and database', () => {
  it('is there when the folder was deleted', async () => {
    await using folder = new JournalFolder();
    const applied = { uuid: OTHER, position: 5_000 };
    await refuses(folder, applied, /has no journal; was it deleted/);
    await acceptGap(folder.path, applied);
    const { journal, entries } = await folder.open(applied);
    assert.deepEqual(entries, []);
    assert.equal(journal.uuid, OTHER);
    assert.ok(journal.appended > 5_000);
    await appendAll(journal, ['new']);
    await journal.close();
    assert.deepEqual((await folder.read(applied)).texts, ['new']);
  });

  it('is there when one of them is from elsewhere', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    const position = await appendAll(journal, ['theirs']);
    await journal.close();
    const applied = { uuid: OTHER, position: 3 };
    await refuses(folder, applied, /the folder has journal/);
    await refuses(folder, applied, /the folder has journal/);
    await acceptGap(folder.path, applied);
    assert.deepEqual((await folder.read(applied)).texts, []);
    assert.deepEqual((await folder.read(applied)).texts, []);
    await refuses(folder, { uuid: journal.uuid, position }, /the folder has journal 01234567/);
  });

  it('is there when the database is ahead of the journal', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    await appendAll(journal, ['a', 'b']);
    await journal.close();
    const applied = { uuid: journal.uuid, position: 7_000_000 };
    await refuses(folder, applied, /the journal ends at 2; was an old copy/);
    await acceptGap(folder.path, applied);
    const again = await folder.open(applied);
    assert.ok(again.journal.appended > 7_000_000);
    await appendAll(again.journal, ['c']);
    await again.journal.close();
    assert.deepEqual((await folder.read(applied)).texts, ['a', 'b', 'c']);
  });

  it('is there when the database is older than everything that is kept', async () => {
    await using folder = new JournalFolder();
    const uuid = await halfApplied(folder);
    const applied = { uuid, position: 2 };
    await refuses(folder, applied, /begins at \d+; was an old backup/);
    await acceptGap(folder.path, applied);
    assert.deepEqual((await folder.read(applied)).texts.slice(-15), texts('record ', 30).slice(15));
    // Still allowed, until SQL has moved on.
    assert.deepEqual((await folder.read(applied)).texts.slice(-15), texts('record ', 30).slice(15));
    await folder.read({ uuid, position: 20 });
    await refuses(folder, applied, /begins at/);
  });

  it('is there when the database is new and the journal is not', async () => {
    await using folder = new JournalFolder();
    await halfApplied(folder);
    await refuses(folder, undefined, /has never seen a journal/);
    await acceptGap(folder.path, undefined);
    assert.deepEqual((await folder.read()).texts.slice(-15), texts('record ', 30).slice(15));
  });

  it('is not there for a new database and a journal that has everything', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open(undefined, { segmentBytes: 100 });
    await appendAll(journal, ...texts('record ', 20).map((text) => [text]));
    await journal.close();
    assert.deepEqual((await folder.read()).texts, texts('record ', 20));
  });

  it('is not there for a backup of the database that is younger than the kept segments', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open(undefined, { segmentBytes: 100 });
    await appendAll(journal, ...texts('record ', 20).map((text) => [text]));
    journal.truncate(20);
    await journal.close();
    for (const position of [20, 11, 3, 0]) {
      const { texts: found } = await folder.read({ uuid: journal.uuid, position });
      assert.deepEqual(found.slice(found.length - (20 - position)), texts('record ', 20).slice(position));
    }
  });

  it('is allowed for one position of the database only', async () => {
    await using folder = new JournalFolder();
    await acceptGap(folder.path, { uuid: OTHER, position: 5_000 });
    await refuses(folder, { uuid: OTHER, position: 5_001 }, /has no journal/);
  });

  it('is named in one word that can be typed again', () => {
    for (const applied of [undefined, { uuid: OTHER, position: 17 }]) assert.deepEqual(parsePosition(positionText(applied)), applied);
    for (const wrong of ['', 'all', `${OTHER}`, `${OTHER}:`, `${OTHER}:x`]) assert.throws(() => parsePosition(wrong), TypeError);
  });

  it('is not made by claims alone', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    await journal.close();
    for (const name of await folder.segments()) rmSync(join(folder.path, name));
    assert.equal((await folder.read()).journal.appended, 0);
  });
});
