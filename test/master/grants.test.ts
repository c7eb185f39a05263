import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { StartFailed } from '../../src/errors';
import { Grants } from '../../src/master/grants';

describe('grants', () => {
  const dir = mkdtempSync(join(tmpdir(), 'firefly-grants-'));
  const file = join(dir, 'grants.json');
  beforeEach(() => rmSync(file, { force: true }));
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('raises the epoch of a name over restarts of the master', () => {
    assert.equal(new Grants(file).nextEpoch('game1'), 1);
    assert.equal(new Grants(file).nextEpoch('game1'), 2);
    assert.equal(new Grants(file).nextEpoch('game2'), 1);
  });

  it('goes on above an epoch that it only heard of', () => {
    const grants = new Grants(file);
    grants.seen('game1', 7);
    assert.equal(new Grants(file).nextEpoch('game1'), 8);
  });

  it('never gives a connection number twice, over restarts too', () => {
    const ranges = [new Grants(file).nextRange(), new Grants(file).nextRange(), new Grants(file).nextRange()];
    assert.ok(ranges.every(({ first }) => first > 0));
    for (let i = 1; i < ranges.length; i++) {
      const before = ranges[i - 1];
      assert.ok(before && (ranges[i]?.first ?? 0) >= before.first + before.count);
    }
  });

  it('refuses a damaged file instead of starting at one again', () => {
    writeFileSync(file, '{"epochs":');
    assert.throws(() => new Grants(file), StartFailed);
  });
});
