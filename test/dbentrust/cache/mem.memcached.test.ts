import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemClient } from '../../../src/dbentrust/cache/memclient';
import { MemConnError } from '../../../src/errors';
import { startMemcached } from '../../../tools/services';
import { silentLog } from '../../helpers/services';
import { memSuite } from './memsuite';

memSuite('memcached', async () => {
  const service = await startMemcached();
  return { url: `${service.host}:${service.port}`, stop: () => service.stop() };
});

describe('the client on a memcached that fails', () => {
  const connect = (url: string) => MemClient.connect([url], { hostname: 'h', timeoutMs: 300, log: silentLog() });

  it('rejects at the deadline while it is frozen and works again when it thaws', async () => {
    const service = await startMemcached();
    const client = connect(`${service.host}:${service.port}`);
    await client.set('k', Buffer.from('1'));
    await service.freeze();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => client.get('k')));
    assert.ok(results.every((result) => result.status === 'rejected' && result.reason instanceof MemConnError));
    service.thaw();
    assert.equal(String(await client.get('k')), '1');
    await client.close();
    await service.stop();
  });

  it('rejects while it is dead and works again, empty, when another has its port', async () => {
    const service = await startMemcached();
    const client = connect(`${service.host}:${service.port}`);
    await client.set('k', Buffer.from('1'));
    await service.stop();
    await assert.rejects(client.get('k'), MemConnError);
    const next = await startMemcached({ port: service.port });
    assert.equal(await client.get('k'), undefined);
    await client.close();
    await next.stop();
  });
});
