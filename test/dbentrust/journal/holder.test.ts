import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { holderOf } from '../../../src/dbentrust/journal/holder';
import { JournalFolder } from './folder';

/** The largest process number that Linux gives, which nobody has here. */
const NOBODY = 4_194_303;

describe('who has claimed a journal', () => {
  it('is nobody, then the process that has it open, and one that does not run when it has closed it', async () => {
    await using folder = new JournalFolder();
    assert.equal(holderOf(join(folder.path, 'nothing')), undefined);
    assert.equal(holderOf(folder.path), undefined);
    const { journal } = await folder.open();
    assert.deepEqual(holderOf(folder.path), { pid: process.pid, host: hostname(), runs: true });
    await journal.close();
    // The process itself goes on: its number alone says nothing.
    assert.deepEqual(holderOf(folder.path), { pid: process.pid, host: hostname(), runs: false });
  });

  it('is a process that is gone, or one of another machine, of which nobody can tell', async () => {
    await using folder = new JournalFolder();
    const claim = (pid: number, host: string) => writeFileSync(join(folder.path, 'writer-epoch.7'), JSON.stringify({ pid, host }));
    claim(NOBODY, hostname());
    assert.equal(holderOf(folder.path)?.runs, false);
    claim(process.pid, `not-${hostname()}`);
    assert.equal(holderOf(folder.path)?.runs, undefined);
  });
});
