import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { Limits } from '../../src/config/config';
import type { Connection } from '../../src/netconnect/connection';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { Front, gate, until } from './front';
import { WsClient } from './wsclient';

const start = (limits: Partial<Limits> = {}, origins?: readonly string[]) =>
  Front.start(limits, { webSocket: true, ...(origins ? { origins } : {}) });

function echo(front: Front): void {
  front.service.mapTarget((_conn: Connection, data: Buffer) => data, 1);
}

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n');

/** A server that a misbehaving client has met still serves others. */
async function servesOthers(front: Front): Promise<void> {
  using other = await WsClient.connect(front.port);
  other.send([1, 'other']);
  await other.framesReach(1);
  assert.deepEqual(other.texts, ['1:other']);
}

const empty = (front: Front) => until(() => Object.values(front.factory.stats).every((held) => held === 0), 'the front to be empty');

/** A WebSocket frame as a client sends it, byte by byte as the test says. */
function wsFrame(opcode: number, payload: Buffer, { fin = true } = {}): Buffer {
  const long = payload.length > 125;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (long ? 126 : payload.length);
  if (long) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

describe('a WebSocket client', () => {
  it('is served as one over TCP is: answers, errors, pushes, hooks, session, address', async () => {
    await using front = await start();
    const events: string[] = [];
    front.factory.doConnectionMade = (conn) => void events.push(`made ${conn.id} ${conn.address}`);
    front.factory.doConnectionLost = (conn) => void events.push(`lost ${conn.id} ${conn.session?.data}`);
    front.factory.errorEncoder = () => 'failed';
    echo(front);
    front.service.mapTarget(async () => ({ later: true }), 2);
    front.service.mapTarget(() => {
      throw new Error('no');
    }, 3);
    front.service.mapTarget((conn: Connection) => {
      conn.session = { version: 1, data: 'kept' };
    }, 4);
    const client = await WsClient.connect(front.port);
    client.send([1, 'one']);
    client.send([2], [3], [4]);
    await client.framesReach(3);
    assert.deepEqual(client.texts.toSorted(), ['1:one', '2:{"later":true}', '3:failed']);
    front.factory.pushObject(905, 'pushed', [0]);
    await client.framesReach(4);
    assert.equal(client.texts.at(-1), '905:pushed');
    client.ws.close();
    await client.isClosed();
    await empty(front);
    assert.deepEqual(events, ['made 0 127.0.0.1', 'lost 0 kept']);
  });

  it('gets the answers of one turn in one message of whole frames', async () => {
    await using front = await start({ framesPerSecond: 10_000 });
    echo(front);
    using client = await WsClient.connect(front.port);
    client.send(...Array.from({ length: 50 }, (_, i) => [1, `a ${i}`] as const));
    await client.framesReach(50);
    assert.deepEqual(
      client.texts,
      Array.from({ length: 50 }, (_, i) => `1:a ${i}`),
    );
    assert.equal(client.messages.length, 1);
  });

  it('may send many messages in one segment, and messages of many fragments', async () => {
    await using front = await start({ framesPerSecond: 10_000 });
    echo(front);
    using client = await WsClient.connect(front.port);
    for (let i = 0; i < 100; i++) client.send([1, `${i}`]);
    const whole = client.pack([1, 'in pieces']);
    client.ws.send(whole.subarray(0, 3), { fin: false });
    client.ws.send(whole.subarray(3, 20), { fin: false });
    client.ws.send(whole.subarray(20), { fin: true });
    await client.framesReach(101);
    assert.deepEqual(client.texts, [...Array.from({ length: 100 }, (_, i) => `1:${i}`), '1:in pieces']);
  });

  it('gets answers of any size whole and in order', async () => {
    await using front = await start({ unsentBytes: 64 * 1024 * 1024 });
    const sizes = [0, 1, 100, 2_031, 16_367, 65_536, 300_000, 3, 5_000_000, 7];
    front.service.mapTarget((_conn: Connection, data: Buffer) => Buffer.alloc(Number(data), `${data.length}`), 1);
    using client = await WsClient.connect(front.port);
    client.send(...sizes.map((size) => [1, `${size}`] as const));
    await client.framesReach(sizes.length);
    assert.deepEqual(
      client.frames.map((frame) => frame.payload.length),
      sizes,
    );
  });

  it('that a handler closes gets what was sent before, and code 1000 without what the log is told', async () => {
    await using front = await start();
    front.service.mapTarget((conn: Connection) => {
      conn.loseConnection('banned by the operator');
      return 'bye';
    }, 1);
    using client = await WsClient.connect(front.port);
    client.send([1]);
    assert.deepEqual(await client.isClosed(), { code: 1000, reason: '' });
    assert.deepEqual(client.texts, ['1:bye']);
  });

  it('is told with code 1001 that the node stops, after its last answer', async () => {
    await using front = await start();
    const answer = gate<string>();
    front.service.mapTarget(() => answer.promise, 1);
    using client = await WsClient.connect(front.port);
    client.send([1]);
    await until(() => front.factory.stats.inFlight === 1, 'the request');
    const closing = front.factory.close(5_000);
    answer.open('the last answer');
    assert.deepEqual(await client.isClosed(), { code: 1001, reason: 'the node stops' });
    await closing;
    assert.deepEqual(client.texts, ['1:the last answer']);
  });

  it('that connects while the front is paused is not read before it goes on', async () => {
    await using front = await start();
    front.service.mapTarget((_conn: Connection, data: Buffer) => `${data.length}`, 3);
    front.factory.pause();
    using client = await WsClient.connect(front.port);
    for (let i = 0; i < 200; i++) client.send([3, Buffer.alloc(60_000)]);
    await until(() => client.ws.bufferedAmount > 1_000_000, 'the client to be held up');
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(client.ws.bufferedAmount > 1_000_000, 'what the kernel does not take stays with the client');
    assert.equal(client.frames.length, 0);
    front.factory.resume();
    await client.framesReach(200);
  });

  it('that vanishes, closes or resets leaves nothing behind', async () => {
    await using front = await start();
    echo(front);
    for (let wave = 0; wave < 3; wave++) {
      const clients = await Promise.all(Array.from({ length: 30 }, () => WsClient.connect(front.port)));
      for (const [i, client] of clients.entries()) {
        for (let n = 0; n < i % 5; n++) client.send([1, 'x']);
        if (i % 3 === 0) client.ws.close(1000);
        else if (i % 3 === 1) client.ws.terminate();
        else (client.ws as unknown as { _socket: { resetAndDestroy(): void } })._socket.resetAndDestroy();
      }
      await empty(front);
    }
    assert.deepEqual(front.said(''), []);
  });

  it('that says goodbye and keeps its TCP connection is let go soon', async () => {
    await using front = await start({ firstFrameMs: 400 });
    echo(front);
    const socket = connect({ port: front.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write(UPGRADE);
    await once(socket, 'data');
    socket.write(wsFrame(2, new DataPackProtoc().pack('x', 1)));
    await once(socket, 'data');
    socket.write(wsFrame(8, Buffer.from([3, 232])));
    await once(socket, 'end');
    await until(() => ![...front.factory.connmanager].some((conn) => conn.isOpen), 'the connection to be seen as closed');
    socket.destroy();
    await empty(front);
  });
});

describe('a WebSocket message that is no message of the protocol', () => {
  const protocol = new DataPackProtoc();
  const cases: [what: string, send: (client: WsClient) => void, code: number, reason: RegExp][] = [
    ['text', (client) => client.ws.send('{"command":1}'), 1003, /^a text message; frames travel in binary messages$/],
    ['bytes that are no frame', (client) => client.ws.send(Buffer.alloc(17, 0xff)), 1002, /^a wrong header/],
    ['an end inside a frame', (client) => client.ws.send(protocol.pack('half', 1).subarray(0, 19)), 1002, /^a message that ends inside/],
    ['an end inside a header', (client) => client.ws.send(Buffer.alloc(5)), 1002, /^a message that ends inside a frame$/],
    ['nothing', (client) => client.ws.send(Buffer.alloc(0)), 1002, /^a message without a frame$/],
    ['a payload above the limit', (client) => client.ws.send(protocol.pack('x'.repeat(1_001), 1)), 1009, /takes 1001 bytes/],
    ['a message above the limit', (client) => client.ws.send(Buffer.alloc(1_000 + 65_537)), 1009, /^$/],
  ];
  for (const [what, send, code, reason] of cases) {
    it(`closes with code ${code}, a reason and one line in the log: ${what}`, async () => {
      await using front = await start({ payloadBytes: 1_000 });
      echo(front);
      using client = await WsClient.connect(front.port);
      client.send([1, 'before']);
      await client.framesReach(1);
      send(client);
      client.send([1, 'is not looked at']);
      const closed = await client.isClosed();
      assert.equal(closed.code, code);
      assert.match(closed.reason, reason);
      assert.deepEqual(client.texts, ['1:before']);
      assert.equal(front.said('').length, 1, JSON.stringify(front.said('')));
      const metric = code === 1009 ? 'firefly_net_closed_payload_total' : 'firefly_net_closed_bad_frame_total';
      assert.equal(await front.metric(metric), 1);
      await servesOthers(front);
    });
  }

  it('lets the answers of earlier frames through, also of the same message', async () => {
    await using front = await start();
    echo(front);
    using client = await WsClient.connect(front.port);
    client.ws.send(Buffer.concat([client.pack([1, 'a'], [1, 'b']), Buffer.alloc(17, 0xff)]));
    assert.equal((await client.isClosed()).code, 1002);
    assert.deepEqual(client.texts, ['1:a', '1:b']);
  });

  it('takes several frames and a payload of exactly the limit', async () => {
    await using front = await start({ payloadBytes: 1_000, framesPerSecond: 1_000 });
    echo(front);
    using client = await WsClient.connect(front.port);
    client.send(...Array.from({ length: 60 }, () => [1, 'x'.repeat(1_000)] as const));
    await client.framesReach(60);
  });

  it('that is broken below, an unmasked frame or a wrong opcode, closes with 1002', async () => {
    await using front = await start();
    echo(front);
    for (const bytes of [Buffer.from([0x82, 1, 0]), Buffer.from([0x8f, 0x80, 0, 0, 0, 0]), Buffer.from([0xc2, 0x80, 0, 0, 0, 0])]) {
      using client = await WsClient.connect(front.port);
      (client.ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(bytes);
      assert.equal((await client.isClosed()).code, 1002);
    }
    assert.equal(front.said('a broken WebSocket frame').length, 3);
    await servesOthers(front);
  });

  it('in a thousand fragments closes the connection before they pile up', async () => {
    await using front = await start();
    echo(front);
    using client = await WsClient.connect(front.port);
    for (let i = 0; i < 1_000; i++) client.ws.send(Buffer.alloc(1), { fin: false, binary: true });
    assert.equal((await client.isClosed()).code, 1008);
    await servesOthers(front);
  });
});

describe('limits over WebSocket', () => {
  it('framesPerSecond pauses reading, loses nothing, keeps the order, and says so once', async () => {
    await using front = await start({ framesPerSecond: 100 });
    echo(front);
    using client = await WsClient.connect(front.port);
    const began = performance.now();
    for (let i = 0; i < 150; i++) client.send([1, `${i}`]);
    await client.framesReach(150);
    assert.deepEqual(
      client.texts,
      Array.from({ length: 150 }, (_, i) => `1:${i}`),
    );
    assert.ok(performance.now() - began > 400, '50 frames above the limit of 100 a second take half a second');
    assert.equal(front.said('framesPerSecond = 100').length, 1);
  });

  it('inFlightPerConnection slows the client down by TCP', async () => {
    await using front = await start({ inFlightPerConnection: 4, framesPerSecond: 100_000 });
    const waiting: ReturnType<typeof gate<string>>[] = [];
    const order: number[] = [];
    front.service.mapTarget((_conn: Connection, data: Buffer) => {
      order.push(Number(data));
      const answer = gate<string>();
      waiting.push(answer);
      return answer.promise;
    }, 1);
    using client = await WsClient.connect(front.port);
    const count = 1_000;
    for (let i = 0; i < count; i++) client.send([1, `${i}`.padEnd(20_000)]);
    await until(() => front.said('inFlightPerConnection = 4').length === 1, 'the pause');
    await until(() => client.ws.bufferedAmount > 1_000_000, 'the client to be held up');
    assert.equal(waiting.length, 4);
    while (order.length < count || waiting.length > 0) {
      await until(() => waiting.length > 0, 'a request');
      assert.ok(waiting.length <= 4);
      for (const answer of waiting.splice(0)) answer.open('ok');
    }
    await client.framesReach(count);
    assert.deepEqual(
      order,
      Array.from({ length: count }, (_, i) => i),
    );
  });

  it('unsentBytes closes a client that does not read what is pushed; others get theirs', async () => {
    await using front = await start({ unsentBytes: 100_000 });
    using slow = await WsClient.connect(front.port);
    using quick = await WsClient.connect(front.port);
    await until(() => front.factory.stats.connections === 2, 'both connections');
    slow.ws.pause();
    let pushed = 0;
    for (; front.factory.stats.connections === 2; pushed++) {
      front.factory.pushObject(905, Buffer.alloc(50_000, 'm'), [0, 1]);
      await quick.framesReach(pushed + 1);
    }
    assert.equal(front.said('unsentBytes = 100000').length, 1);
    assert.equal(front.factory.connmanager.getConnectionByID(0), undefined);
  });

  it('firstFrameMs and idleMs close with 1008 and the reason', async () => {
    await using front = await start({ firstFrameMs: 200, idleMs: 600 });
    echo(front);
    using silent = await WsClient.connect(front.port);
    using idle = await WsClient.connect(front.port);
    idle.send([1, 'x']);
    const ping = setInterval(() => idle.ws.ping(), 20);
    try {
      assert.deepEqual(await silent.isClosed(), { code: 1008, reason: 'closed, no whole frame came in time' });
      assert.deepEqual(await idle.isClosed(), { code: 1008, reason: 'closed, nothing came for too long' });
    } finally {
      clearInterval(ping);
    }
  });

  it('connectionsPerAddress counts those that have not upgraded yet', async () => {
    await using front = await start({ connectionsPerAddress: 2 });
    const [first, second] = [await front.connect(), await front.connect()];
    await until(() => front.factory.stats.arriving === 2, 'two arrivals');
    const third = await front.connect();
    await third.isClosed();
    assert.equal(front.said('connectionsPerAddress = 2').length, 1);
    first.socket.destroy();
    second.socket.destroy();
    await empty(front);
    echo(front);
    await servesOthers(front);
  });

  it('firstFrameMs closes who drips a request', async () => {
    await using front = await start({ firstFrameMs: 200 });
    const client = await front.connect();
    const drip = setInterval(() => client.sendRaw('G'), 20);
    client.sendRaw('GET / HTTP/1.1\r\nX-');
    await client.isClosed().finally(() => clearInterval(drip));
    await empty(front);
    assert.equal(front.said('no WebSocket upgrade came in time (limit firstFrameMs = 200)').length, 1);
  });

  it('pingMs pings who is silent and closes who does not answer, and nobody else', async () => {
    await using front = await start({ pingMs: 150 });
    echo(front);
    using living = await WsClient.connect(front.port);
    using dead = await WsClient.connect(front.port, { autoPong: false });
    let pings = 0;
    living.ws.on('ping', () => {
      pings += 1;
    });
    assert.equal((await dead.isClosed()).code, 1006);
    assert.equal(front.said('answered no ping (limit pingMs = 150)').length, 1);
    assert.equal(await front.metric('firefly_net_closed_ping_total'), 1);
    await until(() => pings >= 3, 'more pings');
    living.send([1, 'here']);
    await living.framesReach(1);
  });

  it('pings are answered, the last of a turn; too many of them close with 1008', async () => {
    await using front = await start({ framesPerSecond: 50 });
    using client = await WsClient.connect(front.port);
    const pongs: string[] = [];
    client.ws.on('pong', (data) => pongs.push(data.toString()));
    for (let i = 0; i < 20; i++) client.ws.ping(`${i}`);
    await until(() => pongs.includes('19'), 'the last pong');
    for (let i = 0; i < 100; i++) client.ws.ping();
    const { code, reason } = await client.isClosed();
    assert.equal(code, 1008);
    assert.match(reason, /more pings and pongs a second than messages are allowed \(50\)/);
  });
});

describe('the HTTP side of a WebSocket port', () => {
  const cases: [what: string, request: string, status: number][] = [
    ['a request for a page', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 426],
    ['a request with a body', 'POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello', 426],
    ['an upgrade to something else', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', 400],
    ['an upgrade without a key', UPGRADE.replace(/Sec-WebSocket-Key.*\r\n/, ''), 400],
    ['an upgrade to an unknown version', UPGRADE.replace('Version: 13', 'Version: 99'), 400],
    ['a header without an end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, 431],
    ['a frame of the game protocol', new DataPackProtoc().pack('hello', 1).toString('latin1'), 400],
  ];
  for (const [what, request, status] of cases) {
    it(`answers ${status} and closes: ${what}`, async () => {
      await using front = await start();
      const socket = connect({ port: front.port, host: '127.0.0.1' });
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.write(request);
      await once(socket, 'close');
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal(front.said('was refused').length, 1);
      assert.equal(await front.metric('firefly_net_refused_upgrade_total'), 1);
      await empty(front);
      echo(front);
      await servesOthers(front);
    });
  }

  it('logs a crowd of such requests once a second', async () => {
    await using front = await start();
    await Promise.all(Array.from({ length: 20 }, () => fetch(`http://127.0.0.1:${front.port}/`).then((answer) => answer.text())));
    assert.equal(await front.metric('firefly_net_refused_upgrade_total'), 20);
    assert.equal(front.said('an HTTP request on the WebSocket port').length, 1);
  });

  it('lets pages of any origin connect, unless origins are named', async () => {
    await using open = await start();
    echo(open);
    using anybody = await WsClient.connect(open.port, { origin: 'https://anywhere.example' });
    anybody.send([1, 'x']);
    await anybody.framesReach(1);
    await using front = await start({}, ['https://game.example']);
    echo(front);
    using page = await WsClient.connect(front.port, { origin: 'https://Game.example' });
    page.send([1, 'x']);
    await page.framesReach(1);
    await servesOthers(front);
    await assert.rejects(WsClient.connect(front.port, { origin: 'https://evil.example' }), /403/);
    assert.equal(front.said('another origin').length, 1);
    assert.ok(!JSON.stringify(front.said('')).includes('evil.example'));
  });

  it('accepts the subprotocol that a client offers first', async () => {
    await using front = await start();
    const { WebSocket } = await import('ws');
    const ws = new WebSocket(`ws://127.0.0.1:${front.port}`, ['binary', 'other']);
    await once(ws, 'open');
    assert.equal(ws.protocol, 'binary');
    ws.terminate();
  });
});
