/** A second master of the same cluster is refused, and the first does not notice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByHand } from '../../helpers/byhand';
import { startCluster } from '../../helpers/cluster';
import { claimPorts } from '../../helpers/ports';
import { supervised } from './world';

describe('a second master', () => {
  for (const how of [[], ['master']]) {
    it(`on the same ports is refused with the first one's process${how.length ? ', also without nodes of its own' : ''}`, async () => {
      using project = supervised();
      await using cluster = await startCluster(project.path('config.json'));
      const { nodes } = await cluster.status();
      await using second = new ByHand(['startmaster.js', '--config', project.path('config.json'), ...how], cluster.environment);
      assert.equal(await second.ended(20_000), 2);
      assert.deepEqual(second.lines, second.errors, 'nothing was started');
      for (const [at, key] of ['rootport', 'webport'].entries()) {
        const port = cluster.port(key === 'rootport' ? 9999 : 9998);
        assert.match(
          second.errors[at] ?? '',
          new RegExp(`^master\\.${key} is ${port}, which is in use on 127\\.0\\.0\\.1 by process ${cluster.pid} `),
        );
      }
      const after = await cluster.status();
      for (const [name, { pid }] of Object.entries(nodes)) assert.equal(after.nodes[name]?.pid, pid, name);
      assert.equal(await cluster.stop(), 0);
    });
  }

  it('on other ports and the same data folder is refused too', async () => {
    using project = supervised();
    await using cluster = await startCluster(project.path('config.json'));
    await using ports = await claimPorts([9998, 9999, 10000, 10001]);
    await using second = new ByHand(['startmaster.js', '--config', project.path('config.json')], {
      ...cluster.environment,
      FIREFLY_PORT_OFFSET: String(ports.offset),
    });
    assert.equal(await second.ended(20_000), 2);
    assert.match(second.errors.join('\n'), new RegExp(`data folder .* is in use by another cluster: process ${cluster.pid}`));
    assert.equal(await cluster.stop(), 0);
  });
});
