import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { holderOf, listenersIn } from '../../src/config/portholder';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2710 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0000000000000000 100 0 0 10 0
   1: 0100007F:2710 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0000000000000000 20 4 30 10 -1
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0000000000000000 100 0 0 10 0
`;

describe('who holds a port', () => {
  it('is who listens there, not who talks', () => {
    assert.deepEqual(listenersIn(TABLE, 10_000), ['111']);
    assert.deepEqual(listenersIn(TABLE, 80), ['333']);
    assert.deepEqual(listenersIn(TABLE, 81), []);
  });

  it('is named with its number and its command', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    assert.match(holderOf(port) ?? '', new RegExp(`^process ${process.pid} \\(.*node.*\\)$`));
    server.close();
    await once(server, 'close');
    assert.equal(holderOf(port), undefined);
  });
});
