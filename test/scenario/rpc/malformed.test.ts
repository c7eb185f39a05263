/** Promise 7 of RPC: a malformed or oversized frame closes that link with a reason and harms nothing else. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { clusterSecret } from '../../../src/config/secret';
import { Exchange } from '../../../src/distributed/exchange';
import { offerHandshake } from '../../../src/distributed/handshake';
import { Kind } from '../../../src/wire/frame';
import { Probe } from './probe';

const frame = (...bytes: number[]) => Buffer.from([0, 0, 0, bytes.length, ...bytes]);

/** What a log must not have. Nine bytes. */
const PAYLOAD = 'pass-word';

const MALFORMED: Readonly<Record<string, Buffer>> = {
  'a length of 4 GiB': Buffer.from([0xff, 0xff, 0xff, 0xff, Kind.call]),
  'a length one above the limit': Buffer.from([0, 1, 0x86, 0xa1, Kind.call]),
  'a length of nothing': Buffer.alloc(4),
  'an unknown kind': frame(99),
  'a frame of the handshake': frame(Kind.hello),
  'a call that ends in the middle': frame(Kind.call, 0, 0),
  'a call of a name that was never given': frame(Kind.call, 0, 0, 0, 1, 0, 0, 0, 0, 9, 0, 0),
  'more arguments than there are': frame(Kind.call, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0xff, 0xff),
  'a text longer than its frame': frame(Kind.notify, 1, 0, 0, 0, 1, 0, 1, 6, 0x7f, 0xff, 0xff, 0xff),
  'msgpack that is none': frame(Kind.notify, 1, 0, 0, 0, 1, 0, 1, 8, 0, 0, 0, 1, 0x95),
  'msgpack that ends behind a payload': frame(Kind.notify, 1, 0, 0, 0, 1, 0, 1, 8, 0, 0, 0, 11, 0x92, 0xa9, ...Buffer.from(PAYLOAD)),
  'an error that is none': frame(Kind.error, 0, 0, 0, 1, 0xc0),
  'words of another protocol': Buffer.from('GET / HTTP/1.1\r\nHost: gate\r\n\r\n'),
};

describe('a malformed frame of a node that has proved itself', () => {
  let probe: Probe;
  before(async () => {
    probe = await Probe.start({ limits: { rpcFrameBytes: 100_000 } });
  });
  after(() => probe[Symbol.asyncDispose]());

  /** Links to gate as a node of that name and gives the socket behind the handshake. */
  async function linkedSocket(name: string, epoch: number): Promise<Socket> {
    const socket = connect(probe.cluster.port(10000), '127.0.0.1');
    const exchange = new Exchange(socket, 'gate', 5_000);
    await offerHandshake(exchange, { name, root: 'gate', epoch, info: {} }, clusterSecret({ dataDir: probe.cluster.dataDir }));
    exchange.release();
    return socket.on('error', () => {});
  }

  it('closes that link with a reason that its sender is told and the log has once, while others work on, where one packet ended Colyseus', async () => {
    const busy = probe.calls({ child: 'game1', target: 'late', args: [3_000], times: 200 });
    let epoch = 0;
    for (const [what, bytes] of Object.entries(MALFORMED)) {
      const socket = await linkedSocket('badgame', ++epoch);
      const heard: Buffer[] = [];
      socket.on('data', (chunk) => heard.push(chunk)).resume();
      const closed = once(socket, 'end');
      // A call behind the malformed bytes is not run: nothing of them is kept, as Firefly's front keeps it.
      const call = Buffer.concat([frame(Kind.name, ...Buffer.from('badcall')), frame(Kind.call, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)]);
      socket.write(Buffer.concat([frame(Kind.ping), bytes, call]));
      await closed;
      socket.destroy();
      const bye = Buffer.concat(heard);
      assert.ok(bye.subarray(0, 5).equals(frame(Kind.pong)), what);
      assert.equal(bye.indexOf('badcall'), -1, what);
      assert.match(bye.toString('latin1'), /badgame sent bytes that are no frame: /, what);
      // Behind the length of the goodbye: its kind, and 3 for `malformed`.
      const at = bye.indexOf(Buffer.from([Kind.bye, 3]));
      assert.ok(at > 0, `${what}: ${bye.toString('hex')}`);
    }
    const lines = () =>
      probe.cluster.lines.filter((line) => /gate WARN the link of badgame has ended: badgame sent bytes that are no frame/.test(line));
    await probe.cluster.waitFor(() => lines().length >= epoch, 'a line for each');
    assert.equal(lines().length, epoch, 'one line a link');
    assert.ok(!probe.cluster.lines.some((line) => line.includes(PAYLOAD)), 'and no payload in it');
    assert.ok(
      (await busy).every(({ error }) => error === undefined),
      'calls of others that were under way are answered',
    );
    assert.equal((await probe.cluster.status()).nodes.gate?.restarts, 0);
  });
});
