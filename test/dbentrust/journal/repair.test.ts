import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspectionText, inspectJournal } from '../../../src/dbentrust/journal/inspect';
import { cutJournal } from '../../../src/dbentrust/journal/repair';
import { JournalDown, StartFailed } from '../../../src/errors';
import { appendAll, JournalFolder, texts } from './folder';

/** Thirty records in several segments; a byte of the second segment is wrong. */
async function damaged(
  folder: JournalFolder,
  at = 100,
): Promise<{ segment: string; offset: number; behind: readonly string[]; uuid: string }> {
  const { journal } = await folder.open(undefined, { segmentBytes: 200 });
  await appendAll(journal, ...texts('record ', 30).map((text) => [text]));
  await journal.close();
  const [, segment = '', ...behind] = await folder.segments();
  const bytes = Buffer.from(folder.bytesOf(segment));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  folder.overwrite(segment, bytes);
  const { segments } = await inspectJournal(folder.path);
  const offset = segments.find(({ name }) => name === segment)?.end.offset ?? -1;
  return { segment, offset, behind, uuid: journal.uuid };
}

describe('journal repair', () => {
  it('cuts at a damage, keeps what it took away, and lets the writer open again', async () => {
    for (const at of [10, 50, 100, 180]) {
      await using folder = new JournalFolder();
      const { segment, offset, behind, uuid } = await damaged(folder, at);
      const before = folder.bytesOf(segment);
      await assert.rejects(folder.read(), StartFailed);
      const { end, aside } = await cutJournal(folder.path, segment, offset);
      const kept = offset === 0 ? `${segment}.aside` : `${segment}.${offset}.aside`;
      assert.deepEqual(aside.toSorted(), [kept, ...behind.map((name) => `${name}.aside`)].toSorted());
      assert.deepEqual(folder.bytesOf(kept), before.subarray(offset));
      assert.deepEqual((await inspectJournal(folder.path)).problems, []);
      const { texts: found, journal } = await folder.read();
      assert.deepEqual(found, texts('record ', 30).slice(0, end));
      assert.equal(journal.uuid, uuid);
      assert.deepEqual(
        aside.filter((name) => !readdirSync(folder.path).includes(name)),
        [],
      );
    }
  });

  it('cuts a damage in what was durable before the segment had its name', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    await appendAll(journal, texts('record ', 10));
    await journal.close();
    await folder.read();
    const [segment = ''] = await folder.segments();
    const bytes = Buffer.from(folder.bytesOf(segment));
    bytes[120] = (bytes[120] ?? 0) ^ 1;
    folder.overwrite(segment, bytes);
    const offset = (await inspectJournal(folder.path)).segments[0]?.end.offset ?? -1;
    const { end } = await cutJournal(folder.path, segment, offset);
    assert.ok(end > 0 && end < 10);
    assert.deepEqual((await folder.read()).texts, texts('record ', 10).slice(0, end));
  });

  it('does nothing where there is no damage', async () => {
    await using folder = new JournalFolder();
    const { segment, offset } = await damaged(folder);
    const before = await folder.segments();
    await assert.rejects(cutJournal(folder.path, segment, offset + 1), /there is no damage at .*is damaged at byte/);
    await assert.rejects(cutJournal(folder.path, 'nothing', 0), StartFailed);
    assert.deepEqual(await folder.segments(), before);
  });

  it('stops a writer that is still running', async () => {
    await using folder = new JournalFolder();
    const { segment, offset } = await damaged(folder);
    await using other = new JournalFolder();
    const { journal } = await other.open();
    await appendAll(journal, ['running']);
    other.overwrite(segment, folder.bytesOf(segment));
    await cutJournal(other.path, segment, offset).catch(() => undefined);
    const sequence = journal.append(Buffer.from('late'));
    await assert.rejects(journal.sync(sequence), JournalDown);
  });
});

describe('journal inspect', () => {
  it('shows a person what is there', async () => {
    await using folder = new JournalFolder();
    const { uuid } = await damaged(folder);
    const text = inspectionText(await inspectJournal(folder.path));
    assert.match(text, new RegExp(`^journal ${uuid} in .*, claimed by epoch 1\n`));
    assert.match(text, /00000001-000000000000001\.journal {2}\d+ records, 1 to \d+, \d+ bytes\n/);
    assert.match(text, /, damaged at byte \d+: .* \(\d+ bytes\)\n/);
  });

  it('changes nothing, and says that there is none in an empty folder, and in one that is not there', async () => {
    await using folder = new JournalFolder();
    for (const path of [folder.path, join(folder.path, 'nowhere')])
      assert.equal(inspectionText(await inspectJournal(path)), `there is no journal in ${path}`);
    folder.overwrite('00000001-000000000000001.journal.aside', Buffer.from('kept'));
    assert.match(
      inspectionText(await inspectJournal(folder.path)),
      /^there is no journal in .*\n {2}\S+\.aside {2}not part of the journal$/,
    );
    assert.deepEqual(readdirSync(folder.path), ['00000001-000000000000001.journal.aside']);
  });
});
