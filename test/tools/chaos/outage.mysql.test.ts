import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertHolds, chaos } from './run';

describe('a bank whose database is away', () => {
  it('goes on to the bound of the journal, refuses then, and has everything when it is back', async ({ signal }) => {
    const { code, report } = await chaos(signal, '--scene', 'outage', '--down', '1');
    assert.equal(code, 0, report);
    assertHolds(report, ['writes went on without the database', 'JournalFull at the bound', 'every acknowledged transfer is there']);
  });
});
