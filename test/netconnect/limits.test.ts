import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../src/netconnect/connection';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { memoryUsed } from '../helpers/heap';
import { type Client, Front, gate, until } from './front';

const protocol = new DataPackProtoc();

function echo(front: Front): void {
  front.service.mapTarget((_conn: Connection, data: Buffer) => data, 1);
}

/** A server that a misbehaving client has met still serves others. */
async function servesOthers(front: Front): Promise<void> {
  const other: Client = await front.connect();
  other.send([1, 'other']);
  await other.framesReach(1);
  assert.deepEqual(other.texts, ['1:other']);
}

describe('bytes that are no frame', () => {
  const http = Buffer.from('GET /stop HTTP/1.1\r\nHost: evil.example\r\n\r\n');
  const tls = Buffer.from('16030100f8010000f40303000000000000000000', 'hex');
  const version = protocol.pack('x', 1);
  version.writeUInt32BE(9, 5);

  for (const [name, bytes, reason] of [
    ['an HTTP request', http, 'it looks like an HTTP request'],
    ['a TLS handshake', tls, 'it looks like a TLS handshake'],
    ['a wrong version', version, 'its magic or version is not'],
  ] as const) {
    it(`close the connection with one line in the log: ${name}`, async () => {
      await using front = await Front.start();
      echo(front);
      const client = await front.connect();
      client.sendRaw(bytes);
      client.send([1, 'is not looked at']);
      await client.isClosed();
      assert.equal(client.bytes.length, 0);
      assert.equal(front.said('').length, 1);
      assert.equal(front.said(reason).length, 1);
      assert.ok(!JSON.stringify(front.said('')).includes('evil.example'), 'what clients send stays out of the log');
      assert.equal(await front.metric('firefly_net_closed_bad_frame_total'), 1);
      await servesOthers(front);
    });
  }

  it('let the answers of earlier frames through, and nothing after them', async () => {
    await using front = await Front.start();
    let runs = 0;
    front.service.mapTarget(() => {
      runs += 1;
      return Buffer.alloc(40_000, 'x');
    }, 1);
    const client = await front.connect();
    client.sendRaw(Buffer.concat([protocol.pack('', 1), protocol.pack('', 1), Buffer.alloc(17, 0xff), protocol.pack('', 1)]));
    await client.isClosed();
    assert.deepEqual(
      client.frames.map((frame) => frame.payload.length),
      [40_000, 40_000],
    );
    assert.equal(runs, 2);
  });

  it('are not kept once they are refused, where Firefly keeps its buffer', async () => {
    await using front = await Front.start();
    const [count, bytes] = [100, 60_000];
    const before = memoryUsed();
    const garbage = Buffer.alloc(bytes, 0xff);
    for (let i = 0; i < count; i++) {
      // It does not go when it is told to.
      const client = front.adopt(connect({ port: front.port, host: '127.0.0.1', allowHalfOpen: true }));
      await client.connected;
      client.sendRaw(garbage);
    }
    await until(() => front.factory.stats.lingering === count, 'all to be refused');
    const kept = (memoryUsed() - before) / count;
    assert.ok(kept < bytes / 3, `${kept} bytes a client`);
    assert.equal(front.factory.stats.connections, count);
  });

  it('are a length field below 4 too', async () => {
    await using front = await Front.start();
    echo(front);
    for (const length of [0, 1, 2, 3]) {
      const frame = protocol.pack('', 1);
      frame.writeUInt32BE(length, 9);
      const client = await front.connect();
      client.sendRaw(Buffer.concat([frame, protocol.pack('next', 1)]));
      await client.isClosed();
      assert.equal(client.bytes.length, 0);
    }
    assert.equal(front.said('length field').length, 4);
    await servesOthers(front);
  });

  it('whatever they are, harm nobody else, where a tampered packet ended Colyseus', async () => {
    await using front = await Front.start({ connectionsPerAddress: 10_000 });
    echo(front);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.uint8Array({ maxLength: 30 }), fc.nat({ max: 30 }), fc.nat({ max: 255 })).map(([payload, at, value]) => {
        const frame = protocol.pack(Buffer.from(payload), 1);
        frame.writeUInt8(value, at % frame.length);
        return Buffer.concat([protocol.pack('first', 1), frame, protocol.pack('last', 1)]);
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const client = await front.connect();
        client.sendRaw(Buffer.from(sent));
        client.socket.end();
        await client.isClosed();
      }),
      { numRuns: 200 },
    );
    await servesOthers(front);
    await until(() => front.factory.stats.connections === 1, 'all others to be gone');
  });

  it('from a crowd of clients cannot fill the disk: so many lines a second, the rest counted', async () => {
    await using front = await Front.start();
    const began = performance.now();
    for (let n = 0; n < 4; n++) {
      const clients = await Promise.all(Array.from({ length: 50 }, () => front.connect()));
      for (const client of clients) client.sendRaw(Buffer.alloc(17, 0xff));
      await Promise.all(clients.map((client) => client.isClosed()));
    }
    assert.equal(await front.metric('firefly_net_closed_bad_frame_total'), 200);
    const seconds = Math.ceil((performance.now() - began) / 1_000) + 1;
    const lines = front.said('a wrong header').length;
    assert.ok(lines <= 50 * seconds, `${lines} lines in ${seconds} seconds`);
    await front.factory.close(1_000);
    const untold = front.said('more clients broke the protocol').reduce((sum, line) => sum + (line.count ?? 0), 0);
    assert.equal(lines + untold, 200);
  });

  it('are read no further: a client that goes on sending is cut off', async () => {
    await using front = await Front.start();
    const client = await front.connect();
    client.socket.allowHalfOpen = true;
    client.sendRaw(Buffer.alloc(17, 0xff));
    const flood = setInterval(() => client.socket.write(Buffer.alloc(256 * 1024)), 1);
    await client.isClosed().finally(() => clearInterval(flood));
    await until(() => front.factory.stats.connections === 0, 'the connection to go');
  });
});

describe('limit payloadBytes', () => {
  it('closes at once on a length field of 4 GiB, which Firefly waits for, with the reason in the log', async () => {
    await using front = await Front.start();
    echo(front);
    const head = protocol.pack('', 1);
    head.writeUInt32BE(0xffff_ffff, 9);
    const client = await front.connect();
    client.sendRaw(head);
    await client.isClosed();
    assert.equal(front.said('the payload of command 1 takes 4294967291 bytes (limit payloadBytes = 65536)').length, 1);
    assert.equal(await front.metric('firefly_net_closed_payload_total'), 1);
    await servesOthers(front);
  });

  it('takes a payload of exactly the limit', async () => {
    await using front = await Front.start({ payloadBytes: 1_000 });
    echo(front);
    const client = await front.connect();
    client.send([1, 'x'.repeat(1_000)]);
    await client.framesReach(1);
    client.send([1, 'x'.repeat(1_001)]);
    await client.isClosed();
  });
});

describe('limits connections and connectionsPerAddress', () => {
  for (const limit of ['connections', 'connectionsPerAddress'] as const) {
    it(`${limit}: what is above is refused, counted and logged once a second; room is found again`, async () => {
      await using front = await Front.start({ [limit]: 2 });
      echo(front);
      const [first] = [await front.connect(), await front.connect()];
      const refused = [await front.connect(), await front.connect(), await front.connect()];
      for (const client of refused) await client.isClosed();
      assert.equal(await front.metric(`firefly_net_refused_${limit === 'connections' ? 'connections' : 'address'}_total`), 3);
      assert.equal(front.said(`limit ${limit} = 2`).length, 1);
      first?.socket.destroy();
      await until(() => front.factory.stats.connections === 1, 'room');
      await servesOthers(front);
    });
  }
});

describe('limit framesPerSecond', () => {
  it('pauses reading, loses nothing, and says so once, where Pitaya drops frames without a word', async () => {
    await using front = await Front.start({ framesPerSecond: 100 });
    echo(front);
    const [client, other] = [await front.connect(), await front.connect()];
    const began = performance.now();
    const payloads = Array.from({ length: 150 }, (_, i) => `1:${i}`);
    client.send(...payloads.map((_, i) => [1, `${i}`] as const));
    await client.framesReach(100);
    other.send([1, 'not slowed down']);
    await other.framesReach(1);
    await client.framesReach(150);
    assert.deepEqual(client.texts, payloads);
    assert.ok(performance.now() - began > 400, '50 frames above the limit of 100 a second take half a second');
    assert.equal(front.said('framesPerSecond = 100').length, 1);
    assert.ok((await front.metric('firefly_net_paused_rate_total')) >= 1);
    await until(() => front.factory.stats.paced === 0, 'the pacer to be empty');
  });
});

describe('limit inFlightPerConnection', () => {
  it('starts no handler above it, slows the client down by TCP, and goes on when answers are out', async () => {
    await using front = await Front.start({ inFlightPerConnection: 4, framesPerSecond: 100_000, payloadBytes: 64 * 1024 });
    const waiting: ReturnType<typeof gate<string>>[] = [];
    const order: string[] = [];
    front.service.mapTarget((_conn: Connection, data: Buffer) => {
      order.push(data.toString('latin1', 0, 5));
      const answer = gate<string>();
      waiting.push(answer);
      return answer.promise;
    }, 1);
    const client = await front.connect();
    const count = 1_000;
    for (let i = 0; i < count; i++) client.send([1, `${i}`.padEnd(20_000)]);
    await until(() => front.said('inFlightPerConnection = 4').length === 1, 'the pause');
    assert.equal(waiting.length, 4);
    // 20 MB are on their way: what the kernel does not take stays with the client.
    await until(() => client.socket.writableLength > 1_000_000, 'the client to be held up');
    assert.equal(waiting.length, 4);
    while (order.length < count || waiting.length > 0) {
      await until(() => waiting.length > 0, 'a request');
      assert.ok(waiting.length <= 4);
      for (const answer of waiting.splice(0)) answer.open('ok');
    }
    await client.framesReach(count);
    assert.deepEqual(
      order.map(Number),
      Array.from({ length: count }, (_, i) => i),
    );
    assert.equal(front.said('inFlightPerConnection').length, 1);
    assert.ok((await front.metric('firefly_net_paused_in_flight_total')) >= 1);
    assert.equal(front.factory.stats.inFlight, 0);
  });
});

describe('limit unsentBytes', () => {
  it('closes a client that does not read what is pushed, where skynet only warns; the pusher never waits and others get theirs', async () => {
    await using front = await Front.start({ unsentBytes: 100_000 });
    const [slow, quick] = [await front.connect(), await front.connect()];
    await until(() => front.factory.stats.connections === 2, 'both connections');
    slow.socket.pause();
    const message = Buffer.alloc(50_000, 'm');
    let pushed = 0;
    for (; front.factory.stats.connections === 2; pushed++) {
      const began = performance.now();
      front.factory.pushObject(905, message, [0, 1]);
      assert.ok(performance.now() - began < 1_000);
      await quick.framesReach(pushed + 1);
    }
    assert.equal(front.said('unsentBytes = 100000').length, 1);
    assert.equal(await front.metric('firefly_net_closed_slow_total'), 1);
    assert.equal(front.factory.connmanager.getConnectionByID(0), undefined);
    front.factory.pushObject(905, 'after', [0, 1]);
    await quick.framesReach(pushed + 1);
    assert.equal(quick.texts.at(-1), '905:after');
  });

  it('closes a client that asks and does not read the answers, with memory bounded', async () => {
    await using front = await Front.start({ unsentBytes: 200_000, framesPerSecond: 1_000_000 });
    front.service.mapTarget(() => Buffer.alloc(60_000), 1);
    const client = await front.connect();
    client.socket.pause();
    const asking = setInterval(() => client.send(...Array.from({ length: 10 }, () => [1] as const)), 1);
    await until(() => front.said('unsentBytes').length === 1, 'the close').finally(() => clearInterval(asking));
    await until(() => front.factory.stats.connections === 0, 'the connection to go');
  });

  it('lets one turn produce more than it, when the client takes it', async () => {
    await using front = await Front.start({ unsentBytes: 50_000 });
    front.service.mapTarget(() => Buffer.alloc(20_000), 1);
    const client = await front.connect();
    client.send(...Array.from({ length: 8 }, () => [1] as const));
    await client.framesReach(8);
    assert.deepEqual(front.said(''), []);
  });
});

describe('limits firstFrameMs and idleMs', () => {
  it('firstFrameMs closes who has sent no whole frame, and nobody else', async () => {
    await using front = await Front.start({ firstFrameMs: 250 });
    echo(front);
    const [silent, dripping, speaking] = [await front.connect(), await front.connect(), await front.connect()];
    dripping.sendRaw(protocol.pack('half a frame', 1).subarray(0, 20));
    speaking.send([1, 'hello']);
    await silent.isClosed();
    await dripping.isClosed();
    speaking.send([1, 'again']);
    await speaking.framesReach(2);
    assert.equal(front.said('firstFrameMs = 250').length, 2);
    assert.equal(await front.metric('firefly_net_closed_first_frame_total'), 2);
    assert.equal(front.factory.stats.silent, 0);
  });

  it('idleMs closes who sends nothing, but not who waits for an answer', async () => {
    await using front = await Front.start({ idleMs: 60 });
    echo(front);
    const answer = gate<string>();
    front.service.mapTarget(() => answer.promise, 2);
    const [idle, waiting] = [await front.connect(), await front.connect()];
    idle.send([1, 'x']);
    waiting.send([2]);
    await idle.isClosed();
    assert.equal(front.said('idleMs = 60').length, 1);
    answer.open('in the end');
    await waiting.framesReach(1);
    await waiting.isClosed();
    assert.deepEqual(waiting.texts, ['2:in the end']);
    assert.equal(await front.metric('firefly_net_closed_idle_total'), 2);
  });

  it('idleMs 0 is off', async () => {
    await using front = await Front.start({ idleMs: 0, firstFrameMs: 200 });
    echo(front);
    const [spoke, silent] = [await front.connect(), await front.connect()];
    spoke.send([1, 'x']);
    await silent.isClosed();
    spoke.send([1, 'y']);
    await spoke.framesReach(2);
  });
});
