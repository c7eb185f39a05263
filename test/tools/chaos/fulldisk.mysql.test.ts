/** A disk of the journal's own takes root to make; what it is to be full is tested by test/dbentrust/writer/fulldisk.test.ts everywhere. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertHolds, chaos } from './run';

describe('a bank whose journal has no room on its disk', () => {
  if (process.getuid?.() !== 0) return;

  it('refuses with the reason, loses nothing, and goes on when there is room', async ({ signal }) => {
    const { code, report } = await chaos(signal, '--scene', 'fulldisk');
    assert.equal(code, 0, report);
    assertHolds(report, ['refused with the reason', 'recovered when there was room', 'every acknowledged transfer is there']);
  });
});
