import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MemClient } from '../../../src/dbentrust/cache/memclient';
import { MemConnError } from '../../../src/errors';
import type { Service } from '../../../tools/lib/serverprocess';
import { waitFor } from '../../../tools/lib/wait';
import { startMemcached } from '../../../tools/services';
import { silentLog } from '../../helpers/services';
import { memSuite } from './memsuite';

memSuite('memcached', async () => {
  const service = await startMemcached();
  return { url: `${service.host}:${service.port}`, stop: () => service.stop() };
});

describe('the client on a memcached that fails', () => {
  const services: Service[] = [];
  const start = async (options?: Parameters<typeof startMemcached>[0]) => {
    const service = await startMemcached(options);
    services.push(service);
    return service;
  };
  const connect = ({ host, port }: Service, timeoutMs: number) =>
    MemClient.connect([`${host}:${port}`], { hostname: 'h', timeoutMs, log: silentLog() });
  // Also what a failed test left frozen: nothing of it must outlive the file.
  after(() => Promise.all(services.map((service) => service.stop())));

  it('rejects at the deadline while it is frozen and works again when it thaws', async () => {
    const service = await start();
    const client = connect(service, 500);
    await client.set('k', Buffer.from('1'));
    await service.freeze();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => client.get('k')));
    service.thaw();
    assert.ok(results.every((result) => result.status === 'rejected' && result.reason instanceof MemConnError));
    const value = await waitFor(() => client.get('k').catch(() => undefined), 'answer of the thawed server');
    assert.equal(String(value), '1');
    await client.close();
  });

  it('that has values too large for it among many: stores the others, and says which those are', async () => {
    const service = await start();
    const client = connect(service, 5_000);
    const values = Array.from({ length: 100 }, (_, i) => [`k${i}`, Buffer.alloc(i % 10 === 7 ? 2_000_000 : 100, i)] as const);
    const tooLarge = values.filter(([, value]) => value.length > 100).map(([name]) => name);
    await client.set('k7', Buffer.from('older'));
    assert.deepEqual((await client.setMulti(values)).sort(), tooLarge.sort());
    const found = await client.getMulti(values.map(([name]) => name));
    for (const [name, value] of values) assert.deepEqual(found.get(name), tooLarge.includes(name) ? undefined : value, name);
    await client.close();
  });

  it('rejects while it is dead and works again, empty, when another has its port', async () => {
    const service = await start();
    const client = connect(service, 5_000);
    await client.set('k', Buffer.from('1'));
    await service.stop();
    await assert.rejects(client.get('k'), MemConnError);
    await start({ port: service.port });
    assert.equal(await client.get('k'), undefined);
    await client.close();
  });
});
