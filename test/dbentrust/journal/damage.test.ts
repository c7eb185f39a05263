/** A power cut tears the end off, and that is cut; everything else that is no record any more is refused, with the place and the command. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FRAME_HEAD } from '../../../src/dbentrust/journal/frame';
import { HEADER_BYTES } from '../../../src/dbentrust/journal/header';
import { inspectJournal } from '../../../src/dbentrust/journal/inspect';
import { StartFailed } from '../../../src/errors';
import { appendAll, JournalFolder, texts } from './folder';

const FIRST = texts('first ', 4);
const SECOND = texts('second ', 4);

/** A closed journal with one segment: two writes, and where the second begins. */
async function twoWrites(
  folder: JournalFolder,
  second: readonly string[] = SECOND,
): Promise<{ name: string; bytes: Buffer; secondAt: number }> {
  const { journal } = await folder.open();
  await appendAll(journal, FIRST, second);
  await journal.close();
  const [name = ''] = await folder.segments();
  return { name, bytes: folder.bytesOf(name), secondAt: HEADER_BYTES + FIRST.reduce((sum, text) => sum + FRAME_HEAD + text.length, 0) };
}

/** What is found in a folder with just that segment. */
async function readOnly(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  await using copy = new JournalFolder();
  copy.overwrite(name, bytes);
  return (await copy.read()).texts;
}

function refused(name: string, offset: number | string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StartFailed, String(error));
    assert.match(error.message, new RegExp(`${name} is damaged at byte ${offset} .*firefly journal repair --cut ${name}:${offset}`));
    return true;
  };
}

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other[at] = (other[at] ?? 0) ^ 0x10;
  return other;
}

describe('a torn end', () => {
  it('is cut wherever it was torn; what was whole stays', async () => {
    await using folder = new JournalFolder();
    const { name, bytes } = await twoWrites(folder);
    const all = [...FIRST, ...SECOND];
    for (let length = HEADER_BYTES; length <= bytes.length; length += 3) {
      const found = await readOnly(name, bytes.subarray(0, length));
      assert.deepEqual(found, all.slice(0, found.length));
      assert.equal(found.length === all.length, length === bytes.length);
    }
  });

  it('is cut when it is garbage or zeros', async () => {
    await using folder = new JournalFolder();
    const { name, bytes } = await twoWrites(folder);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 2_000 }),
          fc.nat(9_000).map((length) => new Uint8Array(length)),
        ),
        async (garbage) => {
          assert.deepEqual(await readOnly(name, Buffer.concat([bytes, garbage])), [...FIRST, ...SECOND]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is cut when a page in its middle never reached the disk', async () => {
    await using folder = new JournalFolder();
    const { name, bytes, secondAt } = await twoWrites(folder, texts('a longer text in the second write ', 400));
    for (const from of [secondAt, 4_096, 8_192]) {
      const torn = Buffer.from(bytes).fill(0, from, Math.ceil((from + 1) / 4_096) * 4_096);
      const found = await readOnly(name, torn);
      assert.deepEqual(found.slice(0, FIRST.length), FIRST);
      assert.ok(found.length < 404 && found.length >= (from - HEADER_BYTES) / 60, `${found.length} records before byte ${from}`);
    }
  });

  it('is not kept from being cut by a payload that looks like a record', async () => {
    await using folder = new JournalFolder();
    const { name, bytes } = await twoWrites(folder);
    await using other = new JournalFolder();
    const { journal } = await other.open();
    await appendAll(journal, ['mine']);
    journal.append(bytes.subarray(HEADER_BYTES));
    await journal.close();
    const [own = ''] = await other.segments();
    assert.equal(own, name);
    assert.deepEqual(await readOnly(own, other.bytesOf(own).subarray(0, -1)), ['mine']);
  });

  it('does not come back after new records were written', async () => {
    await using folder = new JournalFolder();
    const { name, bytes } = await twoWrites(folder);
    folder.overwrite(name, bytes.subarray(0, -2));
    const { journal, texts: found } = await folder.open();
    await appendAll(journal, ['new']);
    await journal.close();
    assert.deepEqual((await folder.read()).texts, [...found, 'new']);
    assert.equal(found.length, 7);
  });
});

describe('damage', () => {
  it('of a write that others follow is refused, whichever byte it is', async () => {
    await using folder = new JournalFolder();
    const { name, bytes, secondAt } = await twoWrites(folder);
    for (let at = HEADER_BYTES; at < secondAt; at += 2)
      await assert.rejects(readOnly(name, flipped(bytes, at)), refused(name, '\\d+'), `byte ${at}`);
    await assert.rejects(readOnly(name, flipped(bytes, HEADER_BYTES + 30)), refused(name, HEADER_BYTES + FRAME_HEAD + 'first 0'.length));
  });

  it('within the last write is refused when nothing says that it is a page that was not written', async () => {
    await using folder = new JournalFolder();
    const { name, bytes, secondAt } = await twoWrites(folder);
    await assert.rejects(readOnly(name, flipped(bytes, secondAt + 20)), refused(name, secondAt));
  });

  it('of zeros where something was synced is refused', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    await appendAll(journal, texts('a text ', 1_000), ['and one more']);
    await journal.close();
    const [name = ''] = await folder.segments();
    await assert.rejects(readOnly(name, Buffer.from(folder.bytesOf(name)).fill(0, 4_096, 8_192)), refused(name, '\\d+'));
  });

  it('of the header, or of what was durable before the segment had its name, is refused', async () => {
    await using folder = new JournalFolder();
    const { bytes, name } = await twoWrites(folder);
    for (const at of [0, 10, 33, HEADER_BYTES - 1]) await assert.rejects(readOnly(name, flipped(bytes, at)), refused(name, 0));
    await assert.rejects(readOnly(name, bytes.subarray(0, 10)), refused(name, 0));
    await folder.read();
    const [copy = ''] = await folder.segments();
    const sealed = folder.bytesOf(copy);
    for (const length of [HEADER_BYTES, HEADER_BYTES + 5, sealed.length - 1])
      await assert.rejects(readOnly(copy, sealed.subarray(0, length)), refused(copy, '\\d+'));
  });

  it('of a closed segment is refused: a byte, its end, all of it, a segment of another journal', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open(undefined, { segmentBytes: 200 });
    await appendAll(journal, ...texts('record ', 30).map((text) => [text]));
    await journal.close();
    const names = await folder.segments();
    const [first = '', second = '', third = ''] = names;
    await using stranger = new JournalFolder();
    await (await stranger.open()).journal.close();
    const [strange = ''] = await stranger.segments();
    const damages: readonly (readonly [string, string, (copy: JournalFolder) => void])[] = [
      ['a byte', second, (copy) => copy.overwrite(second, flipped(folder.bytesOf(second), 100))],
      ['its last byte', second, (copy) => copy.overwrite(second, flipped(folder.bytesOf(second), folder.bytesOf(second).length - 1))],
      ['its end', second, (copy) => copy.overwrite(second, folder.bytesOf(second).subarray(0, -1))],
      ['its last record', second, (copy) => copy.overwrite(second, folder.bytesOf(second).subarray(0, -(FRAME_HEAD + 'record 10'.length)))],
      ['all of it', first, (copy) => rmSync(join(copy.path, second))],
      ['another file in its place', second, (copy) => copy.overwrite(second, folder.bytesOf(third))],
      ['another journal', first, (copy) => copy.overwrite(strange, stranger.bytesOf(strange))],
    ];
    for (const [what, where, damage] of damages) {
      await using copy = new JournalFolder();
      for (const name of names) copy.overwrite(name, folder.bytesOf(name));
      damage(copy);
      await assert.rejects(copy.read(), refused(where, '\\d+'), what);
      const { problems } = await inspectJournal(copy.path);
      assert.ok(problems.length > 0 && problems[0]?.startsWith(where), `${what}: ${problems}`);
    }
  });
});
