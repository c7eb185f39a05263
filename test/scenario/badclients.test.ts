import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connectClient, connectRaw, encodeFrame, GAME_HEADER, type Header, type RawClient, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { type Project, variantOf } from '../helpers/project';

/** Small enough that a test reaches each of them in a second. */
const LIMITS = { firstFrameMs: 1_500, connectionsPerAddress: 20, framesPerSecond: 300, unsentBytes: 65_536 };

/** What an attack may cost the process it is aimed at: garbage that is not collected yet, never what a header announces or a client leaves unread. */
const FLAT_BYTES = 64 * 1024 * 1024;

const HTTP = Buffer.from('GET /stop HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');

/** A frame's head that announces a payload of 4 GiB less five bytes, and the first bytes of it. */
function hugeFrame(header: Header): Buffer {
  const frame = encodeFrame(100, 'and so on', header);
  frame.writeUInt32BE(0xffff_ffff, 9);
  return frame;
}

/** The port of a net node, and what is asked there. */
interface Target {
  readonly node: string;
  readonly port: () => number;
  readonly header: Header;
  /** Asks as an honest client on a connection of its own. */
  serves(): Promise<void>;
}

/** Lines that match, once everything that the net node logged so far has arrived. */
async function linesOf(cluster: Cluster, { port }: Target, pattern: RegExp): Promise<string[]> {
  // A node's lines come in order, so behind the line of a wrong header that is like no other there is nothing older.
  const mark = randomBytes(17);
  const client = await connectRaw({ port: port() });
  client.raw(mark);
  await client.rest();
  await cluster.waitForLine(new RegExp(mark.toString('hex')));
  return cluster.lines.filter((line) => pattern.test(line));
}

/** Has a client do harm, and checks that others are served meanwhile and afterwards, that memory stays flat, and that the log says `reason` of that client once. */
async function harmless(
  cluster: Cluster,
  target: Target,
  reason: RegExp,
  harm: (client: RawClient) => Promise<void> | void,
  ends: 'closed' | 'open' = 'closed',
): Promise<void> {
  const rss = async () => (await cluster.status()).nodes[target.node]?.memoryRss ?? 0;
  const memory = await rss();
  const known = (await linesOf(cluster, target, reason)).length;
  await using client = await connectRaw({ port: target.port(), header: target.header });
  await harm(client);
  await target.serves();
  await cluster.waitFor(() => cluster.lines.filter((line) => reason.test(line)).length > known, `line ${reason}`);
  if (ends === 'closed') await client.closed;
  else assert.equal(client.isOpen, true);
  await target.serves();
  assert.deepEqual((await linesOf(cluster, target, reason)).slice(known + 1), [], 'one line');
  assert.ok((await rss()) < memory + FLAT_BYTES, `memory of ${target.node} grew from ${memory} to ${await rss()}`);
  for (const [name, node] of Object.entries((await cluster.status()).nodes)) assert.equal(node.restarts, 0, name);
}

describe('a client that means harm, at the fixture of the golden bytes', () => {
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    project = variantOf(
      'test/fixtures/wire/config.json',
      { servers: { net: { app: 'more.net' } }, limits: LIMITS },
      {
        'more/net.ts': `
import { netserviceHandle } from 'firefly-ts';
import '../app/netserver';
netserviceHandle(500, () => { throw new Error('handler 500 fails'); });
netserviceHandle(501, async () => { throw new Error('handler 501 fails later'); });
`,
      },
    );
    cluster = await startCluster(project.path('config.json'));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  const net: Target = {
    node: 'net',
    port: () => cluster.port(10001),
    header: ZERO_HEADER,
    async serves() {
      await using other = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
      assert.equal((await other.request(300, 'msgdata')).text, 'game1Handle completed');
    },
  };

  it('by a wrong header is cut off', async () => {
    await harmless(cluster, net, /closed: a wrong header: 4e2526300900/, (client) => client.raw(encodeFrame(100, 'x', GAME_HEADER)));
  });

  it('by a length field of 4 GiB is cut off, and no byte of it is kept', async () => {
    await harmless(cluster, net, /the payload of command 100 takes 4294967291 bytes \(limit payloadBytes = 65536\)/, (client) =>
      client.raw(hugeFrame(ZERO_HEADER)),
    );
  });

  it('by a length field below 4 is cut off', async () => {
    const frame = encodeFrame(100, '', ZERO_HEADER);
    frame.writeUInt32BE(3, 9);
    await harmless(cluster, net, /a length field that leaves -1 bytes/, (client) => client.raw(frame));
  });

  it('by an HTTP request is cut off', async () => {
    await harmless(cluster, net, /it looks like an HTTP request/, (client) => client.raw(HTTP));
  });

  it('by a command that nobody answers gets no answer and stays', async () => {
    await harmless(
      cluster,
      net,
      /command 4711 of client \d+ \(127\.0\.0\.1\) has no handler/,
      async (client) => {
        client.send(4711, 'nobody is there');
        assert.equal((await client.request(114, 'the next one is answered')).text, 'the next one is answered');
      },
      'open',
    );
  });

  for (const [command, fault] of [
    [500, 'handler 500 fails'],
    [501, 'handler 501 fails later'],
  ] as const) {
    it(`by making a handler throw (${command}) stays`, async () => {
      await harmless(
        cluster,
        net,
        new RegExp(`command ${command} of client \\d+ failed: ${fault}`),
        async (client) => {
          client.send(command);
          assert.equal((await client.request(114, 'on')).text, 'on');
        },
        'open',
      );
      assert.ok(
        cluster.lines.some((line) => /^\s+at .*more\/net\.ts:\d+/.test(line)),
        'with the stack',
      );
    });
  }

  it('by sending its first frame byte by byte is cut off at the time for it', async () => {
    await harmless(cluster, net, /no whole frame came in time \(limit firstFrameMs = 1500\)/, async (client) => {
      const frame = encodeFrame(100, Buffer.alloc(1_000), ZERO_HEADER);
      let at = 0;
      const drip = setInterval(() => client.raw(frame.subarray(at, ++at)), 25);
      await client.closed.finally(() => clearInterval(drip));
      assert.ok(at < frame.length, 'long before the frame was whole');
    });
  });

  it('by never reading what it asks for is cut off', async () => {
    const reason = /it does not read what it is sent: \d+ bytes wait \(limit unsentBytes = 65536\)/;
    await harmless(
      cluster,
      net,
      reason,
      async (honest) => {
        assert.equal((await honest.request(114, 'hello')).text, 'hello');
        const deaf = connect({ port: net.port(), host: '127.0.0.1' }).pause();
        const ended = new Promise<void>((resolve) => deaf.on('error', () => {}).on('close', () => resolve()));
        const frame = encodeFrame(114, Buffer.alloc(60_000), ZERO_HEADER);
        // A socket that nobody reads learns of its end by writing to it.
        const flood = setInterval(() => deaf.write(frame), 2);
        await ended.finally(() => clearInterval(flood));
        assert.equal((await honest.request(114, 'still there')).text, 'still there');
      },
      'open',
    );
  });

  it('by many connections from one address gets no more than its number', async () => {
    const refused = /a connection from 127\.0\.0\.1 was refused: limit connectionsPerAddress = 20/;
    await using honest = await connectClient({ port: net.port(), header: ZERO_HEADER });
    await honest.request(114);
    const sockets = await Promise.all(Array.from({ length: 60 }, () => connectRaw({ port: net.port(), header: ZERO_HEADER })));
    for (const socket of sockets) if (socket.isOpen) socket.send(114);
    await cluster.waitForLine(refused);
    await cluster.waitFor(() => sockets.filter((socket) => socket.isOpen).length <= 19, 'the number of connections');
    assert.equal((await honest.request(114, 'served')).text, 'served');
    const told = cluster.lines.filter((line) => refused.test(line) && !/more times within a second/.test(line));
    assert.equal(told.length, 1);
    await Promise.all(sockets.map((socket) => socket.close()));
    const isServed = () =>
      net.serves().then(
        () => true,
        () => false,
      );
    await cluster.waitFor(isServed, 'a place for a newcomer');
  });

  it('by more frames a second than it may send is slowed down, and loses none', async () => {
    const frames = 700;
    await harmless(
      cluster,
      net,
      /sends too many frames a second, reading is paused \(limit framesPerSecond = 300\)/,
      async (client) => {
        for (let n = 0; n < frames; n++) client.send(114, String(n));
        await net.serves();
        for (let n = 0; n < frames; n++) assert.equal((await client.receive(114)).text, String(n));
      },
      'open',
    );
  });
});

describe('a client that means harm, at the sample game as it is shipped', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster('config.json');
  });
  after(() => cluster[Symbol.asyncDispose]());

  const net: Target = {
    node: 'net',
    port: () => cluster.port(11009),
    header: GAME_HEADER,
    async serves() {
      await using other = await connectClient({ port: cluster.port(11009) });
      assert.equal(JSON.parse((await other.request(101, { username: 'honest', password: 'honest' })).text).result, true);
    },
  };

  for (const [what, bytes, reason] of [
    ['a wrong header', encodeFrame(101, '{}', ZERO_HEADER), /closed: a wrong header: 0000000000/],
    ['a length field of 4 GiB', hugeFrame(GAME_HEADER), /takes 4294967291 bytes \(limit payloadBytes = 65536\)/],
    ['an HTTP request', HTTP, /it looks like an HTTP request/],
  ] as const) {
    it(`by ${what} is cut off`, () => harmless(cluster, net, reason, (client) => client.raw(bytes)));
  }

  it('by numbers that only nodes may use, or nobody, is told no, and no node hears of them', async () => {
    await using client = await connectClient({ port: net.port() });
    const before = cluster.lines.length;
    for (const command of [0, 2, 3, 99, 601, 905, 4711, 0xffff_ffff]) {
      const { result } = JSON.parse((await client.request(command, { characterId: 1 })).text);
      assert.equal(result, false, String(command));
    }
    await linesOf(cluster, net, /./);
    assert.deepEqual(
      cluster.lines.slice(before).filter((line) => !/closed: a wrong header/.test(line)),
      [],
    );
  });

  it('by guessing passwords on many connections keeps nobody else from logging in', async () => {
    await net.serves();
    const guessers = await Promise.all(Array.from({ length: 12 }, () => connectClient({ port: net.port() })));
    const guesses = guessers.map(async (client, n) => {
      for (let at = 0; at < 2; at++) {
        const answer = await client.request(101, { username: 'honest', password: `${n} ${at}` }, 30_000);
        assert.equal(JSON.parse(answer.text).result, false);
      }
    });
    await net.serves();
    await Promise.all(guesses);
    await Promise.all(guessers.map((client) => client.close()));
  });
});
