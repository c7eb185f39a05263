/** A power cut at each point of the journal takes nothing that was acknowledged. The file layer forgets what was not synced when the process is killed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Ack, appliedOf, assertHasAll, Crasher } from './child';
import { JournalFolder } from './folder';

/** Where it is killed: each point, early and later. */
const KILLS = [
  'journal.claimed:1',
  'journal.copied:1',
  'journal.opened:1',
  'journal.appended:1',
  'journal.appended:77',
  'journal.written:1',
  'journal.written:23',
  'journal.synced:1',
  'journal.synced:23',
  'journal.rotated:1',
  'journal.rotated:4',
  'journal.truncated:1',
];

async function found(folder: JournalFolder): Promise<Map<number, string>> {
  const { entries } = await folder.read(appliedOf(folder), { keepMs: 0 });
  return new Map(entries.filter(({ kind }) => kind === 'record').map(({ sequence, payload }) => [sequence, payload.toString()]));
}

describe('a power cut', () => {
  for (const [index, kill] of KILLS.entries()) {
    it(`at ${kill} loses nothing that was acknowledged`, async () => {
      await using folder = new JournalFolder();
      const acks: Ack[] = [];
      for (const [run, fault] of ['journal.synced:31', kill, kill, 'journal.written:12'].entries()) {
        await using crasher = new Crasher(folder, `run${run}`, `journal=powercut,${fault}:kill`, index * 10 + run);
        const end = await crasher.end();
        assert.equal(end, 'SIGKILL', `${fault}: ${crasher.lines.slice(-3).join(' | ')}`);
        acks.push(...crasher.acks);
      }
      assertHasAll(acks, await found(folder), appliedOf(folder));
      assertHasAll(acks, await found(folder), appliedOf(folder));
    });
  }

  it('is survived by a process that nothing ends, too', async () => {
    await using folder = new JournalFolder();
    await using crasher = new Crasher(folder, 'run', 'journal=powercut');
    assert.equal(await crasher.end(), 0, crasher.lines.slice(-3).join(' | '));
    assert.equal(crasher.acks.length, 200);
    assertHasAll(crasher.acks, await found(folder), appliedOf(folder));
  });

  it('is not survived by a journal that does not sync, which shows that these tests can tell', async () => {
    await using folder = new JournalFolder();
    await using crasher = new Crasher(folder, 'run', 'journal=powercut,journal=nosync,journal.synced:20:kill');
    assert.equal(await crasher.end(), 'SIGKILL');
    assert.ok(crasher.acks.length > 0);
    const lost = async (): Promise<void> => assertHasAll(crasher.acks, await found(folder), appliedOf(folder));
    await assert.rejects(lost());
  });
});
