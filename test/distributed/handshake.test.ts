import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { Replaced, Unauthorized } from '../../src/errors';
import { Metrics } from '../../src/metrics/metrics';
import { Kind } from '../../src/wire/frame';
import { pack } from '../../src/wire/values';
import { Crowd } from '../helpers/crowd';
import { LIMITS, mapTarget, SECRET, startLeaf, startRoot, TestLeaf, type TestRoot } from './support';

/** Sends bytes to a root and waits until it has closed the connection. */
async function send(root: TestRoot, ...pieces: Buffer[]): Promise<Buffer> {
  const socket = connect(root.port, '127.0.0.1');
  const got: Buffer[] = [];
  socket.on('data', (chunk) => got.push(chunk)).on('error', () => {});
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return Buffer.concat(got);
}

function frame(kind: number, body: Buffer): Buffer {
  const head = Buffer.from([0, 0, 0, 0, kind]);
  head.writeUInt32BE(body.length + 1);
  return Buffer.concat([head, body]);
}

const hello = { name: 'game1', root: 'gate', epoch: 1, info: {}, protocol: 1, nonce: Buffer.alloc(32) };
const rejections = (root: TestRoot) => root.lines.filter((line) => line.event === 'rejected').map((line) => line.msg);

/** What a leaf is told when it is refused. */
function refusal(leaf: TestLeaf): Promise<Error> {
  return new Promise((resolve) => leaf.onRefused(resolve));
}

/** Passes bytes between a leaf and a root and keeps what the leaf sent. */
async function recorder(root: TestRoot): Promise<{ port: number; sent: Buffer[]; close(): void }> {
  const sent: Buffer[] = [];
  const server = createServer((leaf: Socket) => {
    const onward = connect(root.port, '127.0.0.1');
    leaf.on('data', (chunk) => sent.push(chunk)).pipe(onward);
    onward.pipe(leaf);
    for (const socket of [leaf, onward]) socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, sent, close: () => server.close() };
}

describe('authentication', () => {
  it('takes a leaf that knows the secret, with its name, epoch and info, and gives it the welcome', async () => {
    await using root = await startRoot({ admit: ({ epoch }) => ({ epoch: epoch + 10, info: { motd: 'hello' } }) });
    await using leaf = new TestLeaf({ epoch: () => 3, info: () => ({ pid: 42 }) });
    const welcomed = new Promise((resolve) => leaf.onUp(resolve));
    leaf.connect({ host: '127.0.0.1', port: root.port });
    assert.deepEqual(await welcomed, { epoch: 13, info: { motd: 'hello' } });
    const child = root.childsmanager.getChildByName('game1');
    assert.deepEqual([child?.name, child?.epoch, child?.info], ['game1', 13, { pid: 42 }]);
  });

  it('refuses a leaf with a wrong secret; both logs say why, and it goes on dialling', async () => {
    await using root = await startRoot();
    let dials = 0;
    await using leaf = new TestLeaf({ secret: 'wrong', epoch: () => ++dials });
    const refused = refusal(leaf);
    leaf.connect({ host: '127.0.0.1', port: root.port });
    assert.ok((await refused) instanceof Unauthorized);
    await assert.rejects(leaf.whenUp(100), /has not the secret/);
    assert.equal(root.childsmanager.size, 0);
    assert.ok(dials >= 2, 'it came back');
    assert.equal(rejections(root).length, 1, 'once a cause in the log');
    assert.match(rejections(root)[0] ?? '', /gate rejects a connection from 127\.0\.0\.1:\d+: game1 has not the secret/);
    assert.equal(leaf.lines.filter((line) => line.event === 'dial').length, 1);
  });

  it('refuses a root that does not know the secret, though it accepts any leaf', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(frame(Kind.challenge, Buffer.alloc(32)));
        socket.write(frame(Kind.welcome, Buffer.concat([Buffer.alloc(32), pack({ epoch: 1, info: {} })])));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    await using leaf = new TestLeaf();
    const refused = refusal(leaf);
    leaf.connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 });
    assert.match((await refused).message, /gate has not the secret of game1/);
    assert.equal(leaf.isUp, false);
    await leaf.close('end of test');
    server.close();
  });

  it('does not let a root without the secret stop a leaf for good', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      const refused = Buffer.concat([Buffer.alloc(32), pack({ code: Replaced.code, message: 'go away' })]);
      socket.once('data', () => socket.write(frame(Kind.refused, refused)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    await using leaf = new TestLeaf();
    const refused = refusal(leaf);
    leaf.connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 });
    assert.ok((await refused) instanceof Unauthorized);
    await once(server, 'connection');
    await leaf.close('end of test');
    server.close();
  });

  it('refuses a peer that sends no proof, or calls before it has proved itself', async () => {
    let called = false;
    await using root = await startRoot();
    mapTarget(root, 'x', () => (called = true));
    const name = frame(Kind.name, Buffer.from('x'));
    const call = frame(Kind.call, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]));
    await send(root, name, call);
    await send(root, frame(Kind.hello, pack(hello)), name, call);
    await send(root, frame(Kind.hello, pack(hello)), frame(Kind.proof, Buffer.alloc(32)), name, call);
    await send(root, frame(Kind.hello, pack(hello)), frame(Kind.proof, Buffer.alloc(31)), name, call);
    assert.equal(called, false);
    assert.equal(root.childsmanager.size, 0);
    assert.equal(rejections(root).length, 2, 'a line a cause');
  });

  it('refuses a recorded handshake that is played again', async () => {
    await using root = await startRoot();
    const between = await recorder(root);
    const leaf = await startLeaf(between.port);
    assert.equal(root.childsmanager.size, 1);
    const lost = new Promise<void>((resolve) => {
      root.doChildLostConnect = () => resolve();
    });
    await leaf.close('recorded');
    await lost;
    await send(root, ...between.sent);
    assert.equal(root.childsmanager.size, 0);
    assert.match(rejections(root).at(-1) ?? '', /has not the secret/);
    between.close();
  });

  it('refuses a root that plays a recorded welcome, or sends the leaf its own proof back', async () => {
    const replies: Buffer[] = [];
    await using root = await startRoot();
    const leaf = await startLeaf(root.port);
    await leaf.close('not needed');
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(frame(Kind.challenge, Buffer.alloc(32)));
        socket.once('data', (proof) => {
          replies.push(proof);
          socket.write(frame(Kind.welcome, Buffer.concat([proof.subarray(5), pack({ epoch: 1, info: {} })])));
        });
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    await using other = new TestLeaf();
    const refused = refusal(other);
    other.connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 });
    assert.ok((await refused) instanceof Unauthorized);
    assert.equal(replies.length, 1);
    await other.close('end of test');
    server.close();
  });

  it('refuses another protocol, another root and the name of the root itself, and says why', async () => {
    await using root = await startRoot();
    const answer = await send(root, frame(Kind.hello, pack({ ...hello, protocol: 2 })));
    assert.match(answer.toString('latin1'), /speaks protocol 2 and gate speaks 1/);
    // What a stranger says reaches the log: neither long nor able to write lines of its own.
    const forged = { protocol: 2, text: 'x'.repeat(60_000) };
    for (const [protocol, name] of [
      ['\u001b[2J\nall is well', 'game1'],
      ['x'.repeat(60_000), 'game1'],
      [forged, 'game1'],
      [2, 'game\n1'],
      [2, undefined],
    ]) {
      const told = (await send(root, frame(Kind.hello, pack({ protocol, name })))).toString('latin1');
      assert.match(told, /speaks protocol (2|unknown) and gate speaks 1/);
    }
    for (const line of rejections(root)) assert.ok(line.length < 300 && !/\p{Cc}/u.test(line), line.slice(0, 400));
    for (const [options, message] of [
      [{ root: 'master' }, /wants master and this is gate/],
      [{ name: 'gate' }, /cannot have its name/],
    ] as const) {
      await using leaf = new TestLeaf(options);
      const refused = refusal(leaf);
      leaf.connect({ host: '127.0.0.1', port: root.port });
      assert.match((await refused).message, message);
    }
    assert.equal(root.childsmanager.size, 0);
  });

  it('closes on garbage and on an HTTP request at the first wrong frame, with one line in the log that names the address', async () => {
    await using root = await startRoot();
    assert.equal((await send(root, Buffer.from('GET / HTTP/1.1\r\nHost: gate\r\n\r\n'))).length, 0);
    assert.equal((await send(root, Buffer.alloc(1000, 0xff))).length, 0);
    assert.equal((await send(root, frame(Kind.hello, Buffer.from([1, 2, 3])))).length, 0);
    assert.equal((await send(root, frame(Kind.hello, pack({ ...hello, name: 'a\nb' })))).length, 0);
    assert.equal(rejections(root).length, 4);
    for (const line of rejections(root)) assert.match(line, /from 127\.0\.0\.1:\d+: /);
    await using leaf = await startLeaf(root.port);
    assert.ok(leaf.isUp);
  });

  it('closes a connection that says nothing at the deadline of the handshake', async () => {
    await using root = await startRoot({ limits: { ...LIMITS, handshakeMs: 30 } });
    await send(root);
    await send(root, frame(Kind.hello, pack(hello)));
    assert.equal(rejections(root).length, 1, 'a line a cause and host');
    assert.match(rejections(root)[0] ?? '', /no answer within 30 ms/);
  });

  it('holds a bounded number of connections that have not proved themselves: the oldest makes room, so that leaves get in', async () => {
    await using root = await startRoot({ limits: { ...LIMITS, handshakeMs: 60_000 } });
    await using _crowd = await Crowd.come({ port: root.port, size: 128, from: '127.0.0.1' });
    await using leaf = await startLeaf(root.port);
    assert.ok(leaf.isUp);
    assert.match(rejections(root)[0] ?? '', /handshakes of gate is full \(256\)/);
    assert.equal(rejections(root).length, 1);
  });

  it('lets a crowd push out only its own: who is slow at another address keeps its place', async () => {
    await using root = await startRoot({ limits: { ...LIMITS, handshakeMs: 60_000 } });
    const slow = connect(root.port, '127.0.0.1');
    await once(slow, 'connect');
    await using _one = await Crowd.come({ port: root.port, size: 300, from: '127.0.0.2' });
    await using _two = await Crowd.come({ port: root.port, size: 300, from: '127.0.0.3' });
    await using leaf = await startLeaf(root.port);
    assert.ok(leaf.isUp);
    // It still has its place: what it says is read and answered.
    slow.write(frame(Kind.hello, pack(hello)));
    const [answer] = (await once(slow, 'data')) as [Buffer];
    assert.equal(answer[4], Kind.challenge);
    slow.destroy();
  });

  it('needs a secret that is not empty', async () => {
    assert.throws(() => new TestLeaf({ secret: '' }), /secret is empty/);
    await assert.rejects(startRoot({ secret: '' }), /secret is empty/);
    assert.notEqual(SECRET, '');
  });

  it('cannot be made to fill the disk: what many strangers cause is logged so often a second, and counted', async () => {
    const began = performance.now();
    const metrics = new Metrics('gate');
    await using root = await startRoot({ metrics });
    for (let n = 0; n < 8; n++) await Promise.all(Array.from({ length: 25 }, () => send(root, Buffer.alloc(5, 0xff))));
    assert.match(await metrics.text(), /firefly_root_rejected_total\{node="gate"\} 200/);
    const seconds = Math.ceil(performance.now() / 1_000) - Math.floor(began / 1_000);
    assert.ok(rejections(root).length <= 50 * (seconds + 1), `${rejections(root).length} lines`);
  });
});
