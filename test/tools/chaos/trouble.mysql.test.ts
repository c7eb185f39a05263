/** The journal on a disk of its own needs root; where a test does not run as root that part is test/dbentrust/writer/fulldisk.test.ts alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chaos } from './run';

const holds = (report: string, check: string) => assert.match(report, new RegExp(`^\\| ${check} \\| .* \\| holds \\|$`, 'm'));

describe('a bank whose database is away', () => {
  it('goes on to the bound of the journal, refuses then, and has everything when it is back', async () => {
    const { code, report } = await chaos('--scene', 'outage', '--down', '1');
    assert.equal(code, 0, report);
    for (const check of ['writes went on without the database', 'JournalFull at the bound', 'every acknowledged transfer is there'])
      holds(report, check);
  });
});

if (process.getuid?.() === 0) {
  describe('a bank whose journal has no room on its disk', () => {
    it('refuses with the reason, loses nothing, and goes on when there is room', async () => {
      const { code, report } = await chaos('--scene', 'fulldisk');
      assert.equal(code, 0, report);
      for (const check of ['refused with the reason', 'recovered when there was room', 'every acknowledged transfer is there'])
        holds(report, check);
    });
  });
}
