/** TLS and the PROXY protocol, alone and together, in front of TCP and of WebSocket. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { StartFailed } from '../../src/errors';
import type { PortOptions } from '../../src/netconnect/clientport';
import type { Connection } from '../../src/netconnect/connection';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { makeCertificate } from '../helpers/certificates';
import { memoryUsed } from '../helpers/heap';
import { type Client, Front, gate, orLate, until } from './front';
import { proxyHeader } from './proxy';
import { WsClient } from './wsclient';

const TLS = makeCertificate();
const protocol = new DataPackProtoc();
const UPGRADE = Buffer.from(
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
);

function echo(front: Front): void {
  front.service.mapTarget((_conn: Connection, data: Buffer) => data, 1);
  front.service.mapTarget((conn: Connection) => conn.address, 2);
}

const empty = (front: Front) => until(() => Object.values(front.factory.stats).every((held) => held === 0), 'the front to be empty');

async function tcp(front: Front): Promise<Socket> {
  const socket = connect({ port: front.port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** A TLS client on a socket that may have sent something before. */
async function secure(front: Front, socket: Socket): Promise<Client> {
  const encrypted = connectTls({ socket, ca: TLS.cert, servername: 'localhost' });
  const client = front.adopt(encrypted);
  await orLate(once(encrypted, 'secureConnect'), 'the handshake');
  return client;
}

describe('TLS', () => {
  it('carries the same protocol, with answers of one turn together, pushes and the last words', async () => {
    await using front = await Front.start({ framesPerSecond: 10_000 }, { tls: TLS });
    echo(front);
    const client = await secure(front, await tcp(front));
    client.send(...Array.from({ length: 50 }, (_, i) => [1, `${i}`] as const), [2]);
    await client.framesReach(51);
    assert.equal(client.texts.at(-1), '2:127.0.0.1');
    assert.equal(client.reads.length, 1);
    front.factory.pushObject(905, 'pushed', [0]);
    front.factory.loseConnection(0);
    await client.isClosed();
    assert.equal(client.texts.at(-1), '905:pushed');
    await empty(front);
  });

  it('carries large answers whole', async () => {
    await using front = await Front.start({ unsentBytes: 64 * 1024 * 1024 }, { tls: TLS });
    const sizes = [0, 1, 16_367, 16_400, 300_000, 5_000_000, 7];
    front.service.mapTarget((_conn: Connection, data: Buffer) => Buffer.alloc(Number(data), `${data.length}`), 1);
    const client = await secure(front, await tcp(front));
    client.send(...sizes.map((size) => [1, `${size}`] as const));
    await client.framesReach(sizes.length);
    assert.ok(client.frames.every((frame, i) => frame.payload.equals(Buffer.alloc(sizes[i] ?? 0, `${String(sizes[i]).length}`))));
  });

  it('keeps answers apart that leave in one turn after another', async () => {
    await using front = await Front.start({ framesPerSecond: 100_000 }, { tls: TLS });
    echo(front);
    const client = await secure(front, await tcp(front));
    const expected = Array.from({ length: 2_000 }, (_, i) => `1:${i}`);
    for (let i = 0; i < expected.length; i += 10) {
      client.send(...Array.from({ length: 10 }, (_, n) => [1, `${i + n}`] as const));
      if (i % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await client.framesReach(expected.length);
    assert.deepEqual(client.texts, expected);
  });

  it('gives a client that has closed only its sending side its answers', async () => {
    await using front = await Front.start({}, { tls: TLS });
    front.service.mapTarget(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 'later';
    }, 1);
    const client = await secure(front, await tcp(front));
    client.socket.allowHalfOpen = true;
    client.send([1]);
    client.socket.end();
    await client.framesReach(1);
    assert.deepEqual(client.texts, ['1:later']);
    await empty(front);
  });

  it('closes a client that does not read', async () => {
    await using front = await Front.start({ unsentBytes: 200_000, framesPerSecond: 1_000_000 }, { tls: TLS });
    front.service.mapTarget(() => Buffer.alloc(60_000), 1);
    const client = await secure(front, await tcp(front));
    client.socket.pause();
    const asking = setInterval(() => client.send(...Array.from({ length: 10 }, () => [1] as const)), 1);
    await until(() => front.said('unsentBytes').length === 1, 'the close').finally(() => clearInterval(asking));
    await empty(front);
  });

  it('carries WebSocket, and slows down what is too fast', async () => {
    await using front = await Front.start({ inFlightPerConnection: 4 }, { tls: TLS, webSocket: true });
    const answers: ReturnType<typeof gate<string>>[] = [];
    front.service.mapTarget(() => {
      const answer = gate<string>();
      answers.push(answer);
      return answer.promise;
    }, 1);
    const client = await WsClient.connect(front.port, { secure: true, ca: TLS.cert });
    for (let i = 0; i < 20; i++) client.send([1, 'x']);
    await until(() => front.said('inFlightPerConnection').length === 1, 'the pause');
    while (client.frames.length < 20) {
      assert.ok(answers.length <= 4);
      for (const answer of answers.splice(0)) answer.open('ok');
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.ws.close();
    await client.isClosed();
    await empty(front);
  });

  it('refuses a client that speaks none, with one line that says so', async () => {
    await using front = await Front.start({}, { tls: TLS });
    const client = await front.connect();
    client.send([1, 'plain']);
    await client.isClosed();
    assert.equal(front.said('the client does not speak TLS').length, 1);
    assert.equal(await front.metric('firefly_net_refused_tls_total'), 1);
    const browser = await front.connect();
    browser.sendRaw('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await browser.isClosed();
    await empty(front);
  });

  it('gives a client firstFrameMs for the handshake, and lets nobody drip', async () => {
    await using front = await Front.start({ firstFrameMs: 200 }, { tls: TLS });
    const [silent, dripping] = [await front.connect(), await front.connect()];
    dripping.sendRaw(Buffer.from('160301', 'hex'));
    await silent.isClosed();
    await dripping.isClosed();
    await empty(front);
    assert.equal(front.said('no TLS handshake came in time (limit firstFrameMs = 200)').length, 1);
  });

  it('forgets a client that leaves during the handshake, quietly', async () => {
    await using front = await Front.start({}, { tls: TLS });
    for (const leave of ['destroy', 'end', 'resetAndDestroy'] as const) {
      const client = await front.connect();
      client.sendRaw(Buffer.from('1603010005', 'hex'));
      await until(() => front.factory.stats.arriving === 1, 'the arrival');
      client.socket[leave]();
      await until(() => front.factory.stats.arriving === 0, 'the arrival to be gone');
    }
    await empty(front);
    assert.deepEqual(front.said(''), []);
  });

  it('with a certificate of no use is told when the port is opened', async () => {
    const tls = { cert: TLS.cert, key: makeCertificate().key };
    await assert.rejects(
      Front.start({}, { tls }),
      (error) => error instanceof StartFailed && /tls: .*correct cert and key/.test(error.message),
    );
  });

  it('does not hold up the stop of a node', async () => {
    await using front = await Front.start({}, { tls: TLS });
    const client = await front.connect();
    await until(() => front.factory.stats.arriving === 1, 'the arrival');
    await orLate(front.factory.close(60_000), 'the close');
    await client.isClosed();
  });
});

describe('the PROXY protocol', () => {
  const start = (limits = {}, options: PortOptions = {}) => Front.start(limits, { proxyProtocol: true, ...options });

  for (const [what, header, expected] of [
    ['IPv4', proxyHeader({ address: '203.0.113.7' }), '203.0.113.7'],
    ['IPv6', proxyHeader({ address: '2001:db8::7' }), '2001:db8::7'],
    ['IPv4 as IPv6', proxyHeader({ address: '0:0:0:0:0:ffff:cb00:7107' }), '203.0.113.7'],
    ['more behind the address', proxyHeader({ address: '203.0.113.7', tlvs: Buffer.alloc(65_000) }), '203.0.113.7'],
    ['LOCAL', proxyHeader({ command: 0x20 }), '127.0.0.1'],
  ] as const) {
    it(`names the client to handlers and to the log: ${what}`, async () => {
      await using front = await start();
      echo(front);
      // Together with the first frame, and in pieces.
      for (const pieces of [
        [Buffer.concat([header, protocol.pack('', 2)])],
        [header.subarray(0, 3), header.subarray(3, 20), header.subarray(20), protocol.pack('', 2)],
        [header.subarray(0, 14), Buffer.concat([header.subarray(14), protocol.pack('', 2)])],
      ]) {
        const client = await front.connect();
        for (const piece of pieces) {
          client.sendRaw(piece);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await client.framesReach(1);
        assert.deepEqual(client.texts, [`2:${expected}`]);
        client.socket.destroy();
      }
      await empty(front);
      assert.ok(front.lines.some((line) => line.msg === `client 0 (${expected}) login in`));
    });
  }

  it('lets nobody in without its header, with one line that says so', async () => {
    await using front = await start();
    echo(front);
    for (const bytes of [
      protocol.pack('', 2),
      Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n'),
      Buffer.from('0d0a0d0a000d0a515549540a11', 'hex'),
    ]) {
      const client = await front.connect();
      client.sendRaw(Buffer.concat([bytes, Buffer.alloc(16)]));
      await client.isClosed();
      assert.equal(client.bytes.length, 0);
    }
    assert.equal(await front.metric('firefly_net_refused_proxy_total'), 3);
    assert.equal(front.said('was refused: no PROXY header of version 2').length, 1);
    await empty(front);
  });

  it('has limits count the clients and not the proxy', async () => {
    await using front = await start({ connectionsPerAddress: 2 });
    echo(front);
    const join = async (address: string) => {
      const client = await front.connect();
      client.sendRaw(Buffer.concat([proxyHeader({ address }), protocol.pack('', 2)]));
      return client;
    };
    const clients = await Promise.all(['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.3'].map(join));
    for (const client of clients) await client.framesReach(1);
    await (await join('10.0.0.1')).isClosed();
    assert.equal(front.said('a connection from 10.0.0.1 was refused: limit connectionsPerAddress = 2').length, 1);
    clients[0]?.socket.destroy();
    await until(() => front.factory.stats.connections === 3, 'room');
    await (await join('10.0.0.1')).framesReach(1);
  });

  it('has limits count an IPv6 /64 as one address, and IPv4 written as IPv6 as IPv4', async () => {
    await using front = await start({ connectionsPerAddress: 2 });
    echo(front);
    const join = async (address: string) => {
      const client = await front.connect();
      client.sendRaw(Buffer.concat([proxyHeader({ address }), protocol.pack('', 2)]));
      return client;
    };
    const taken = await Promise.all(
      ['2001:db8::1', '2001:db8::ffff:2', '2001:db8:0:1::1', '10.0.0.1', '::ffff:a00:1', '10.0.0.2'].map(join),
    );
    for (const client of taken) await client.framesReach(1);
    assert.equal(front.factory.stats.addresses, 4);
    for (const address of ['2001:db8:0:0:8000::', '10.0.0.1']) await (await join(address)).isClosed();
    const refused = 'a connection from 2001:db8:0:0:8000:: (2001:db8:0:0::/64) was refused: limit connectionsPerAddress = 2';
    await front.factory.close(1_000);
    assert.equal(front.said('limit connectionsPerAddress = 2').length, 2);
    assert.equal(front.said(refused).length, 1);
    await empty(front);
  });

  it('counts those whose header is not there yet among all connections, and gives them firstFrameMs', async () => {
    await using front = await start({ connections: 2, firstFrameMs: 200 });
    const [first, second] = [await front.connect(), await front.connect()];
    first.sendRaw(proxyHeader({ address: '10.0.0.1' }).subarray(0, 20));
    await until(() => front.factory.stats.arriving === 2, 'two arrivals');
    await (await front.connect()).isClosed();
    assert.equal(front.said('limit connections = 2').length, 1);
    await first.isClosed();
    await second.isClosed();
    await empty(front);
    assert.equal(front.said('no PROXY header came in time').length, 1);
  });

  it('forgets a client that leaves before its header is complete, quietly', async () => {
    await using front = await start();
    for (const leave of ['destroy', 'end', 'resetAndDestroy'] as const) {
      const client = await front.connect();
      client.sendRaw(proxyHeader({ address: '10.0.0.1' }).subarray(0, 18));
      await until(() => front.factory.stats.arriving === 1, 'the arrival');
      client.socket[leave]();
      await empty(front);
    }
    assert.deepEqual(front.said(''), []);
  });

  it('keeps what comes behind the header waiting while the front is paused', async () => {
    await using front = await start();
    echo(front);
    front.service.mapTarget((_conn: Connection, data: Buffer) => `${data.length}`, 3);
    front.factory.pause();
    const client = await front.connect();
    client.sendRaw(Buffer.concat([proxyHeader({ address: '10.0.0.1' }), protocol.pack('', 2)]));
    await until(() => front.factory.stats.connections === 1, 'the connection');
    for (let i = 0; i < 200; i++) client.sendRaw(protocol.pack(Buffer.alloc(60_000), 3));
    await until(() => client.socket.writableLength > 1_000_000, 'the client to be held up');
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(client.socket.writableLength > 1_000_000, 'what the kernel does not take stays with the client');
    assert.equal(client.frames.length, 0);
    front.factory.resume();
    await client.framesReach(201);
    assert.equal(client.texts[0], '2:10.0.0.1');
  });

  it('comes before TLS, in one segment with it or not', async () => {
    await using front = await start({}, { tls: TLS });
    echo(front);
    const socket = await tcp(front);
    socket.write(proxyHeader({ address: '203.0.113.9' }));
    const client = await secure(front, socket);
    client.send([2]);
    await client.framesReach(1);
    assert.deepEqual(client.texts, ['2:203.0.113.9']);

    const corked = await tcp(front);
    corked.cork();
    corked.write(proxyHeader({ address: '203.0.113.10' }));
    const joining = secure(front, corked);
    setImmediate(() => corked.uncork());
    const other = await joining;
    other.send([2]);
    await other.framesReach(1);
    assert.deepEqual(other.texts, ['2:203.0.113.10']);
  });

  for (const tls of [undefined, TLS]) {
    it(`comes before WebSocket${tls ? ' over TLS' : ''}`, async () => {
      await using front = await start({}, { webSocket: true, ...(tls ? { tls } : {}) });
      echo(front);
      const socket = await tcp(front);
      socket.write(proxyHeader({ address: '203.0.113.11' }));
      const carrier = tls ? connectTls({ socket, ca: tls.cert, servername: 'localhost' }) : socket;
      const ws = new WebSocket('ws://localhost/', { createConnection: () => carrier });
      await orLate(once(ws, 'open'), 'the upgrade');
      ws.send(protocol.pack('', 2));
      const [answer] = (await orLate(once(ws, 'message'), 'the answer')) as [Buffer];
      assert.equal(answer.subarray(17).toString(), '203.0.113.11');
      ws.terminate();
      await empty(front);
    });
  }

  it('in one segment with the upgrade and the first frame is served', async () => {
    await using front = await start({}, { webSocket: true });
    echo(front);
    const request =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    const frame = protocol.pack('', 2);
    const head = Buffer.from([0x82, 0x80 | frame.length, 0, 0, 0, 0]);
    const socket = connect({ port: front.port, host: '127.0.0.1' });
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.write(Buffer.concat([proxyHeader({ address: '203.0.113.12' }), Buffer.from(request), head, frame]));
    await until(() => received.endsWith('203.0.113.12'), 'the answer');
    socket.destroy();
    await empty(front);
  });
});

describe('a port of any kind', () => {
  const kinds: [kind: string, options: PortOptions][] = [
    ['TCP', {}],
    ['TLS', { tls: TLS }],
    ['TCP behind a proxy', { proxyProtocol: true }],
    ['WebSocket', { webSocket: true }],
    ['WebSocket with TLS behind a proxy', { webSocket: true, tls: TLS, proxyProtocol: true }],
  ];
  for (const [kind, options] of kinds) {
    it(`keeps nothing of clients that are gone, as nano did of sessions in one of its modes: ${kind}`, async () => {
      await using front = await Front.start({}, options);
      echo(front);
      const visit = async (leave: 'end' | 'destroy' | 'resetAndDestroy') => {
        const socket = await tcp(front);
        if (options.proxyProtocol) socket.write(proxyHeader({ address: '10.0.0.1' }));
        const stream = options.tls ? connectTls({ socket, ca: TLS.cert, servername: 'localhost' }).on('error', () => {}) : socket;
        let received = '';
        stream.on('data', (chunk) => {
          received += chunk.toString('latin1');
        });
        const frame = protocol.pack('hello', 1);
        stream.write(options.webSocket ? Buffer.concat([UPGRADE, Buffer.from([0x82, 0x80 | frame.length, 0, 0, 0, 0]), frame]) : frame);
        await until(() => received.endsWith('hello'), 'the answer');
        (leave === 'resetAndDestroy' ? socket : stream)[leave]();
      };
      const waves: number[] = [];
      for (let wave = 0; wave < 5; wave++) {
        for (let n = 0; n < 10; n++) {
          await Promise.all((['end', 'destroy', 'resetAndDestroy'] as const).flatMap((leave) => [leave, leave, leave].map(visit)));
        }
        await empty(front);
        front.lines.length = 0;
        waves.push(memoryUsed());
      }
      const growths = waves.slice(1).map((bytes, i) => bytes - (waves[i] ?? 0));
      // A wave is 90 clients. What each leaves behind every wave shows; what the runtime sets up for itself comes once.
      assert.ok(Math.min(...growths) < 90 * 500, `bytes in use grew by ${growths.join(', ')}`);
    });
  }
});
