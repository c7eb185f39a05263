import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClean, chaos } from './run';

describe('chaos on MariaDB and memcached', () => {
  it('is survived by everything that was acknowledged, power cuts included', async ({ signal }) => {
    // Something is down most of such a short time.
    const outcome = await chaos(signal, '--faults', 'powercut', '--steps', '16', '--transfers', '300', '--minutes', '2', '--hits', '1');
    assertClean(outcome, ['game', 'dbfront', 'memcached', 'mariadb'], 300);
  });
});

describe('chaos with a journal that does not sync', () => {
  it('loses acknowledged transfers, and says so', async ({ signal }) => {
    const { code, report } = await chaos(signal, '--expect-loss', '--minutes', '1');
    assert.equal(code, 0, report);
    assert.match(report, /^\| every acknowledged transfer is there \| \d+ acknowledged \| BROKEN, \d+ times \|$/m);
  });
});
