import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { RemoteObject } from '../../src/distributed/node';
import { Unauthorized } from '../../src/errors';
import { Kind } from '../../src/wire/frame';
import { pack } from '../../src/wire/values';
import { connectClient } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { keptLog } from '../helpers/log';
import { type Project, variantOf } from '../helpers/project';

const HANDSHAKE_MS = 1_000;
const SECRET = 'a secret that strangers do not know, 32 letters and more';

/** What a stranger would like to be called with; each root has one of them. */
const TARGETS = [
  'netconnlost',
  'pushObject',
  'forwarding',
  'firefly.node.ready',
  'firefly.db.query',
  'firefly.db.flush',
  'firefly.session.closed',
];

function frame(kind: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from([0, 0, 0, 0, kind]);
  head.writeUInt32BE(body.length + 1);
  return Buffer.concat([head, body]);
}

/** Names a target and calls it, as a linked node would in its first two frames. */
function callOf(target: string): Buffer {
  return Buffer.concat([frame(Kind.name, Buffer.from(target)), frame(Kind.call, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]))]);
}

/** The first frame of a leaf that says it is the node `game1`. */
function helloOf(root: string): Buffer {
  return frame(Kind.hello, pack({ name: 'game1', root, epoch: 0, info: {}, protocol: 1, nonce: Buffer.alloc(32) }));
}

/** Sends the pieces and reads until the other side closes. @returns what came */
async function visit(port: number, ...pieces: readonly Buffer[]): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const bytes: Buffer[] = [];
  socket.on('data', (chunk) => bytes.push(chunk)).on('error', () => {});
  await once(socket, 'connect');
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return Buffer.concat(bytes);
}

/** A leaf that dials once: what it was told, after it has stopped. */
async function refusalOf(port: number, options: { name: string; root: string; secret: string }): Promise<Error> {
  const leaf = new RemoteObject({ ...options, limits: DEFAULT_LIMITS, log: keptLog().log, epoch: () => 0 });
  const outcome = new Promise<Error | undefined>((resolve) => {
    leaf.onRefused(resolve);
    leaf.onUp(() => resolve(undefined));
    leaf.connect({ host: '127.0.0.1', port });
    leaf.whenUp(5_000).catch(resolve);
  });
  const error = await outcome;
  await leaf.close('refused');
  assert.ok(error, `${options.name} has linked to ${options.root}`);
  return error;
}

/** Stands between a leaf and a root, and keeps what the leaf sends. */
async function recorder(port: number): Promise<{ port: number; sent: Buffer[]; server: Server }> {
  const sent: Buffer[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (chunk: Buffer) => sent.push(chunk)).on('error', () => {});
    far.on('error', () => {});
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, sent, server };
}

describe('a stranger at a port for nodes', () => {
  let project: Project;
  let cluster: Cluster;
  const ports = new Map<string, number>();
  before(async () => {
    // Open to other machines, and with its logs in its data folder, as the shipped config has them.
    project = variantOf('config.json', {
      servers: { dbfront: { bind: '0.0.0.0' }, gate: { bind: '0.0.0.0' } },
      limits: { handshakeMs: HANDSHAKE_MS },
    });
    cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data'), env: { FIREFLY_SECRET: SECRET } });
    const dbfront = /linked to dbfront at 127\.0\.0\.1:(\d+)/.exec(await cluster.waitForLine(/linked to dbfront at/))?.[1];
    ports.set('master', cluster.port(9999)).set('gate', cluster.port(10000)).set('dbfront', Number(dbfront));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  /** Who is linked to whom, as the nodes themselves say, and how often they were started again. */
  async function links(): Promise<unknown> {
    const { nodes } = await cluster.status();
    return Object.entries(nodes).map(([name, { state, restarts, children, roots }]) => ({ name, state, restarts, children, roots }));
  }

  /** Waits for the reason in the log. A cause has one line, however often it comes from this machine. */
  async function saysWhy(root: string, why: RegExp): Promise<void> {
    const rejection = new RegExp(`${root} rejects a connection from 127\\.0\\.0\\.1:\\d+: (.*)$`);
    const reasons = () => cluster.lines.flatMap((line) => rejection.exec(line)?.[1] ?? []);
    await cluster.waitFor(() => reasons().some((reason) => why.test(reason)), `${root} to say ${why}`);
    assert.deepEqual(reasons(), [...new Set(reasons())]);
  }

  /** Has strangers come to all three roots at once, and checks that nothing of the cluster has changed and that a player can log in. */
  async function atEveryRoot(visitor: (root: string, port: number) => Promise<void>): Promise<void> {
    const linked = await links();
    await Promise.all([...ports].map(([root, port]) => visitor(root, port)));
    assert.deepEqual(await links(), linked);
    await using player = await connectClient({ port: cluster.port(11009) });
    assert.equal(JSON.parse((await player.request(101, { username: 'legit', password: 'legit' })).text).result, true);
  }

  it('that says nothing is sent away at the deadline of the handshake', async () => {
    await atEveryRoot(async (root, port) => {
      assert.equal((await visit(port)).length, 0);
      await saysWhy(root, new RegExp(`no answer within ${HANDSHAKE_MS} ms`));
    });
  });

  it('that says who it is and no more is sent away at the deadline too', async () => {
    await atEveryRoot(async (root, port) => {
      await visit(port, helloOf(root));
      await saysWhy(root, new RegExp(`no answer within ${HANDSHAKE_MS} ms`));
    });
  });

  for (const [what, bytes] of [
    ['garbage', Buffer.alloc(1_000, 0xa5)],
    ['an HTTP request', Buffer.from('POST / HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n')],
    ["a game client's frame", Buffer.from('4e25263009000000000000002e00000065', 'hex')],
    ['a frame that claims 4 GiB', Buffer.from('ffffffff01', 'hex')],
    ['a hello that is no msgpack', frame(Kind.hello, Buffer.from([0xc1, 0xc1]))],
  ] as const) {
    it(`that sends ${what} is sent away at the first wrong frame`, async () => {
      await atEveryRoot(async (root, port) => {
        assert.equal((await visit(port, bytes)).length, 0);
        await saysWhy(root, /a frame claims|a handshake frame of|in the handshake|not valid msgpack|without its fields/);
      });
    });
  }

  it('that calls without a handshake, or before it has proved itself, calls nothing', async () => {
    await atEveryRoot(async (root, port) => {
      for (const target of TARGETS) {
        assert.equal((await visit(port, callOf(target))).length, 0);
        await saysWhy(root, /a frame of kind 16 in the handshake|a handshake frame of/);
      }
      await visit(port, helloOf(root), callOf('netconnlost'));
      await saysWhy(root, /a frame of kind 16 in the handshake|a handshake frame of/);
      await visit(port, helloOf(root), frame(Kind.proof, Buffer.alloc(32)), callOf('netconnlost'));
      await saysWhy(root, /game1 has not the secret/);
    });
  });

  it('that has another secret is told so, whatever its name', async () => {
    await atEveryRoot(async (root, port) => {
      for (const name of ['game1', 'gate2']) {
        const error = await refusalOf(port, { name, root, secret: `${SECRET}?` });
        assert.ok(error instanceof Unauthorized);
        await cluster.waitForLine(
          new RegExp(`${root} rejects a connection from 127\\.0\\.0\\.1:\\d+: ${name} has not the secret of ${root}`),
        );
      }
    });
  });

  it('that plays a recorded handshake again is not believed', async () => {
    await atEveryRoot(async (root, port) => {
      const between = await recorder(port);
      // A proof that is right: it is refused only afterwards, for the root that it names.
      assert.match((await refusalOf(between.port, { name: 'game1', root: 'another root', secret: SECRET })).message, /wants another root/);
      await visit(port, ...between.sent);
      await saysWhy(root, /game1 has not the secret/);
      between.server.close();
    });
  });

  it('that knows the secret and has a name that is not in the config cannot register', async () => {
    const linked = await links();
    for (const name of ['game2', 'constructor', '__proto__', 'toString']) {
      const error = await refusalOf(cluster.port(9999), { name, root: 'master', secret: SECRET });
      assert.match(error.message, new RegExp(`the config has no node ${name}`));
      await cluster.waitForLine(new RegExp(`master rejects a connection from .*: the config has no node ${name}`));
    }
    assert.deepEqual(await links(), linked);
  });

  it('finds no cache to read and to change: it listens at no port, but where only its own user comes in', async () => {
    const leaf = new RemoteObject({
      name: 'visitor',
      root: 'dbfront',
      secret: SECRET,
      limits: DEFAULT_LIMITS,
      log: keptLog().log,
      epoch: () => 1,
    });
    leaf.connect({ host: '127.0.0.1', port: ports.get('dbfront') ?? 0 });
    await leaf.whenUp(5_000);
    const { memcached } = (await leaf.callRemote('firefly.db.stores')) as { memcached: string[] };
    await leaf.close('seen');
    const [, socket = ''] = /^unix:(.*)$/.exec(memcached.join()) ?? [];
    assert.equal(dirname(socket), join(cluster.dataDir, 'run'));
    assert.equal(statSync(dirname(socket)).mode & 0o077, 0);
    assert.equal(statSync(socket).mode & 0o777, 0o600);
    await cluster.waitFor(
      async () => /firefly_cache_lease\{node="gate"\} 1/.test((await cluster.get('/metrics')).text),
      'the cache in use',
    );
  });

  it('with a login on this machine finds the data folder closed', () => {
    assert.equal(statSync(cluster.dataDir).mode & 0o077, 0);
  });
});
