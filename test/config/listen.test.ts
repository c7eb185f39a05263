import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { listenedPorts, portsInUse } from '../../src/config/listen';
import { cluster, loadCluster } from './folder';

async function occupy(host = '127.0.0.1'): Promise<AsyncDisposable & { port: number }> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  await using taken = await occupy();
  return taken.port;
}

describe('the ports of a cluster', () => {
  it('are those of the master and of every node, by key', async () => {
    const config = await loadCluster(cluster({ gate: { rootport: 10000 }, net: { netport: 1, wsport: 2, webport: 3 }, quiet: {} }));
    assert.deepEqual(
      listenedPorts(config).map(({ key, port }) => `${key} ${port}`),
      [
        'master.rootport 9999',
        'master.webport 9998',
        'servers.gate.rootport 10000',
        'servers.net.netport 1',
        'servers.net.wsport 2',
        'servers.net.webport 3',
      ],
    );
  });

  it('that somebody holds are each named with key and port, before anything starts', async () => {
    await using one = await occupy();
    await using other = await occupy('0.0.0.0');
    const master = { rootport: await freePort(), webport: one.port };
    const config = await loadCluster({ master, servers: { net: { netport: other.port, webport: 0 } } });
    const problems = await portsInUse(config);
    assert.equal(problems.length, 2);
    assert.match(
      problems[0] ?? '',
      new RegExp(
        `^master\\.webport is ${one.port}, which is in use on 127\\.0\\.0\\.1 by process ${process.pid} \\(.*node.*\\); stop what listens there .*FIREFLY_PORT_OFFSET$`,
      ),
    );
    assert.match(problems[1] ?? '', new RegExp(`^servers\\.net\\.netport is ${other.port}, which is in use on 127\\.0\\.0\\.1`));
  });

  it('are free again after they were tried', async () => {
    const config = await loadCluster({ master: { rootport: await freePort(), webport: 0 }, servers: { a: {} } });
    assert.deepEqual(await portsInUse(config), []);
    assert.deepEqual(await portsInUse(config), []);
  });

  it('on an address that this machine has not are named with the address', async () => {
    const config = await loadCluster({
      master: { rootport: 9999, webport: 0, bind: '192.0.2.1' },
      servers: { a: {} },
      secret: 'a secret that is long enough',
    });
    assert.deepEqual(await portsInUse(config), [
      'master.rootport is 9999 on 192.0.2.1, which is no address of this machine; correct "bind" (or master.roothost)',
    ]);
  });
});
