/** A memcached that misbehaves, and what the client makes of it: every request settles, and the next connection starts clean. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { frameHead, HEADER_BYTES, OP, RESPONSE } from '../../../src/dbentrust/cache/frames';
import { MemClient, UnsignedClient } from '../../../src/dbentrust/cache/memclient';
import { MemConnError, QueueFull } from '../../../src/errors';
import { silentLog } from '../../helpers/services';

type Script = (socket: Socket, requests: Buffer, connection: number) => void;

describe('a memcached that fails', () => {
  let server: Server;
  let script: Script;
  let accepted: Socket[];
  let client: MemClient;
  let port: number;

  beforeEach(async () => {
    accepted = [];
    server = createServer((socket) => {
      const connection = accepted.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => script(socket, chunk, connection));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
    client = connect(300);
  });

  afterEach(async () => {
    await client.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  const connect = (timeoutMs: number) => MemClient.connect([`127.0.0.1:${port}`], { hostname: 'h', timeoutMs, log: silentLog() });

  /** The answer to each request in `requests`, a get, with `value`. */
  const answers = (requests: Buffer, value: string): Buffer => {
    const parts: Buffer[] = [];
    for (let at = 0; at + HEADER_BYTES <= requests.length; at += HEADER_BYTES + requests.readUInt32BE(at + 8)) {
      const head = frameHead({
        magic: RESPONSE,
        opcode: requests.readUInt8(at + 1),
        opaque: requests.readUInt32BE(at + 12),
        extras: Buffer.alloc(4),
        valueBytes: value.length,
      });
      parts.push(head, Buffer.from(value));
    }
    return Buffer.concat(parts);
  };
  const healthy: Script = (socket, requests) => socket.write(answers(requests, 'fine'));
  const lost = (maybeExecuted: boolean) => (error: unknown) =>
    error instanceof MemConnError && error.retryable && error.maybeExecuted === maybeExecuted;

  it('by closing in an orderly way: all pending requests reject, the next one is served', async () => {
    script = (socket) => socket.end();
    const results = await Promise.allSettled([client.get('a'), client.set('b', Buffer.from('x')), client.getMulti(['c', 'd'])]);
    for (const result of results) assert.ok(result.status === 'rejected' && lost(true)(result.reason), JSON.stringify(result));
    script = healthy;
    assert.equal(String(await client.get('a')), 'fine');
  });

  it('by resetting the connection: the same, with the reset as the cause', async () => {
    script = (socket) => socket.resetAndDestroy();
    await assert.rejects(client.get('a'), (error) => lost(true)(error) && (error as Error).cause instanceof Error);
    script = healthy;
    assert.equal(String(await client.get('a')), 'fine');
  });

  it('by answering in part and then closing: the part does not reach into the next connection', async () => {
    script = (socket, requests, connection) => {
      if (connection > 1) return healthy(socket, requests, connection);
      socket.end(answers(requests, 'a long value').subarray(0, 30));
    };
    await assert.rejects(client.get('a'), lost(true));
    for (let i = 0; i < 3; i++) assert.equal(String(await client.get('a')), 'fine');
    assert.equal(accepted.length, 2);
  });

  it('by saying nothing: all pending requests reject at the deadline, and the late answer of that connection is not taken for another', async () => {
    let late: (() => void) | undefined;
    script = (socket, requests, connection) => {
      if (connection > 1) return healthy(socket, requests, connection);
      late = () => socket.write(answers(requests, 'late'));
    };
    const results = await Promise.allSettled([client.get('a'), client.get('b')]);
    assert.ok(results.every((result) => result.status === 'rejected' && /no answer within 300 ms/.test(String(result.reason))));
    late?.();
    assert.equal(String(await client.get('c')), 'fine');
  });

  it('by not being there: requests reject as surely not executed, and work when it comes back', async () => {
    script = healthy;
    server.close();
    await once(server, 'close');
    await assert.rejects(client.get('a'), lost(false));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    assert.equal(String(await client.get('a')), 'fine');
  });

  it('by closing while idle: one connection lives afterwards', async () => {
    script = healthy;
    await client.get('a');
    const closed = once(accepted[0] ?? assert.fail(), 'close');
    accepted[0]?.end();
    await closed;
    await client.get('a');
    await client.get('b');
    assert.equal(accepted.length, 2);
    assert.deepEqual(
      accepted.map((socket) => socket.destroyed),
      [true, false],
    );
  });

  it('by talking another protocol: the request rejects and says so', async () => {
    script = (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    await assert.rejects(client.get('a'), /not its protocol/);
    script = healthy;
    assert.equal(String(await client.get('a')), 'fine');
  });

  it('by claiming an answer of 4 GiB: the request rejects, nothing is gathered', async () => {
    script = (socket, requests) => {
      const head = frameHead({ magic: RESPONSE, opcode: OP.get, opaque: requests.readUInt32BE(12), valueBytes: 0xffff_fff0 });
      socket.write(head);
    };
    await assert.rejects(client.get('a'), /4294967280 bytes/);
  });

  it('never sends a request twice, so an older value cannot overwrite a newer one', async () => {
    const seen: string[] = [];
    script = (socket, requests, connection) => {
      seen.push(requests.subarray(-2).toString());
      if (connection === 1) socket.resetAndDestroy();
      else healthy(socket, requests, connection);
    };
    await assert.rejects(client.set('row', Buffer.from('v1')));
    await client.set('row', Buffer.from('v2'));
    await client.get('row');
    assert.equal(seen.filter((value) => value === 'v1').length, 1);
  });

  it('takes answers however they are cut', async () => {
    script = (socket, requests) => {
      socket.setNoDelay(true);
      for (const byte of answers(requests, 'cut into bytes')) socket.write(Buffer.from([byte]));
    };
    assert.equal(String(await client.get('a')), 'cut into bytes');
  });

  it('sends the requests of one turn in one segment', async () => {
    const chunks: number[] = [];
    script = (socket, requests, connection) => {
      chunks.push(requests.length);
      healthy(socket, requests, connection);
    };
    await client.get('warm');
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.get(`key${i}`)));
    assert.equal(chunks.length, 2);
  });

  it('is told of a request too many instead of a queue that grows', async () => {
    const patient = connect(60_000);
    script = () => undefined;
    const waiting = Array.from({ length: 65_537 }, (_, i) => patient.get(`k${i}`));
    const settled = Promise.allSettled(waiting);
    await assert.rejects(waiting.at(-1) ?? assert.fail(), QueueFull);
    assert.equal(patient.inFlight, 65_536);
    for (const socket of accepted) socket.destroy();
    await once(server, 'connection');
    accepted.at(-1)?.destroy();
    const results = await settled;
    assert.ok(results.every((result) => result.status === 'rejected'));
    await patient.close();
  });

  it('goes on beyond 2^32 requests', async () => {
    const requests: number[] = [];
    const counter = new UnsignedClient([]);
    (counter as { seq: number }).seq = 0x7fff_fffe;
    for (let i = 0; i < 3; i++) {
      counter.incrSeq();
      requests.push(counter.seq);
    }
    (counter as { seq: number }).seq = 0xffff_ffff;
    counter.incrSeq();
    assert.deepEqual([...requests, counter.seq], [0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0]);
  });
});

describe('the urls of a memcached', () => {
  it('are refused when they are none', () => {
    for (const url of ['', 'host:99999', 'http://host:1', 'a b:1', 'host:']) {
      assert.throws(() => MemClient.connect([url], { hostname: 'h', timeoutMs: 100, log: silentLog() }), TypeError, url);
    }
    assert.throws(() => MemClient.connect([], { hostname: 'h', timeoutMs: 100, log: silentLog() }), TypeError);
  });

  it('have port 11211 when they name none, and may be IPv6', async () => {
    const client = MemClient.connect(['localhost', '[::1]:11212'], { hostname: 'h', timeoutMs: 100, log: silentLog() });
    await client.close();
  });
});
