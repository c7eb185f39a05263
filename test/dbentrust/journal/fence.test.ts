/** One writer: who claimed the journal last. Nobody else acknowledges anything, whenever it wakes up. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { claimJournal, type JournalOpening } from '../../../src/dbentrust/journal/open';
import { JournalDown, Replaced } from '../../../src/errors';
import { appliedOf, assertHasAll, Crasher } from './child';
import { appendAll, JournalFolder } from './folder';

const FREEZES = [
  'journal.claimed:1',
  'journal.copied:1',
  'journal.opened:1',
  'journal.appended:40',
  'journal.written:20',
  'journal.synced:20',
  'journal.rotated:2',
  'journal.truncated:1',
];

function replaced(error: unknown): boolean {
  return error instanceof JournalDown && error.cause instanceof Replaced;
}

describe('a second writer', () => {
  it('shuts out the first, which acknowledges nothing more and says so once', async () => {
    await using folder = new JournalFolder();
    const downs: JournalDown[] = [];
    const { journal } = await folder.open(undefined, { down: (error) => downs.push(error) });
    await appendAll(journal, ['a']);
    const second = await folder.open();
    assert.deepEqual(second.texts, ['a']);
    const late = [journal.append(Buffer.from('late')), journal.append(Buffer.from('later'))];
    const results = await Promise.allSettled(late.map((sequence) => journal.sync(sequence)));
    assert.ok(results.every((result) => result.status === 'rejected' && replaced(result.reason) && result.reason.maybeExecuted));
    assert.throws(
      () => journal.append(Buffer.from('too late')),
      (error: unknown) => replaced(error) && !(error as JournalDown).maybeExecuted,
    );
    assert.equal(downs.length, 1);
    await assert.rejects(journal.close(), replaced);
    await appendAll(second.journal, ['b']);
    await second.journal.close();
    assert.deepEqual((await folder.read()).texts, ['a', 'b']);
  });

  it('at the same time: the one that claimed last is open, the other is not', async () => {
    await using folder = new JournalFolder();
    const before = await folder.open();
    await appendAll(before.journal, ['a', 'b']);
    await before.journal.close();
    const openings = await Promise.all(Array.from({ length: 4 }, () => claimJournal(folder.options())));
    assert.equal(new Set(openings.map(({ epoch }) => epoch)).size, 4);
    const results = await Promise.allSettled(openings.map(openOne));
    const highest = Math.max(...openings.map(({ epoch }) => epoch));
    for (const [index, result] of results.entries()) {
      if (openings[index]?.epoch === highest) assert.equal(result.status, 'fulfilled');
      else assert.ok(result.status === 'rejected' && replaced(result.reason), String(openings[index]?.epoch));
    }
    assert.deepEqual((await folder.read()).texts, ['a', 'b', `of ${highest}`]);
  });

  it('says so when the folder was taken away, and not that another writer came', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    await appendAll(journal, ['kept']);
    rmSync(folder.path, { recursive: true });
    await assert.rejects(appendAll(journal, ['lost']), (error: unknown) => {
      assert.ok(error instanceof JournalDown, String(error));
      assert.match(error.message, /^the journal's folder .* is gone; bring it back/);
      return error.maybeExecuted;
    });
  });

  for (const freeze of FREEZES) {
    it(`takes over from one that is frozen at ${freeze} and wakes up later`, async () => {
      await using folder = new JournalFolder();
      await using earlier = new Crasher(folder, 'earlier', 'journal.synced:30:kill');
      assert.equal(await earlier.end(), 'SIGKILL');
      await using crasher = new Crasher(folder, 'frozen', `${freeze}:freeze`);
      await crasher.frozen();
      const applied = appliedOf(folder);
      const { journal, entries } = await folder.open(applied);
      const found = new Map(entries.map(({ sequence, payload }) => [sequence, payload.toString()]));
      await appendAll(journal, ['mine']);
      crasher.wake();
      assert.equal(await crasher.end(), 1, crasher.lines.slice(-2).join(' | '));
      assert.match(crasher.lines.at(-1) ?? '', /^down JournalDown: another writer has claimed the journal/);
      assertHasAll([...earlier.acks, ...crasher.acks], found, applied);
      await appendAll(journal, ['mine still']);
      await journal.close();
      const { texts } = await folder.read(applied);
      const records = entries.filter(({ kind }) => kind === 'record').map(({ payload }) => payload.toString());
      assert.deepEqual(texts, [...records, 'mine', 'mine still']);
    });
  }
});

async function openOne(opening: JournalOpening): Promise<void> {
  for await (const _ of opening.replay(undefined));
  const journal = await opening.open(() => Buffer.alloc(0));
  await appendAll(journal, [`of ${opening.epoch}`]);
  await journal.close();
}
