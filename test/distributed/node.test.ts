import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { Deadline, NoSuchTarget, PeerDown } from '../../src/errors';
import { hookOf, LIMITS, mapTarget, startLeaf, startRoot, TestLeaf } from './support';

/** A server that takes connections and never says a word. */
async function silentServer() {
  const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

describe('a leaf', () => {
  it('rejects calls in the same turn while there is no link', async () => {
    await using leaf = new TestLeaf();
    const order: string[] = [];
    const call = leaf.callRemote('x').catch((error: PeerDown) => {
      order.push('rejected');
      return error;
    });
    setImmediate(() => order.push('next turn'));
    const error = await call;
    assert.ok(error instanceof PeerDown && !error.maybeExecuted);
    assert.deepEqual(order, ['rejected']);
    assert.throws(() => leaf.notifyRemote('x'), PeerDown);
  });

  it('links again after its root came back on the same port', async () => {
    const first = await startRoot();
    await using leaf = await startLeaf(first.port);
    const down = new Promise((resolve) => leaf.onDown(resolve));
    await first.close('restart');
    await down;
    assert.equal(leaf.isUp, false);
    await using second = await startRoot({}, first.port);
    await leaf.whenUp(5000);
    mapTarget(second, 'which', () => 'second');
    assert.equal(await leaf.callRemote('which'), 'second');
  });

  it('links to a new address after its root moved, and keeps a link that is up', async () => {
    const first = await startRoot();
    await using second = await startRoot();
    await using leaf = await startLeaf(first.port);
    leaf.connect({ host: '127.0.0.1', port: second.port });
    assert.ok(leaf.isUp);
    assert.equal(second.childsmanager.size, 0);
    const linked = hookOf(second, 'doChildConnect');
    await first.close('moved');
    assert.equal((await linked).name, 'game1');
  });

  it('leaves an address that does not answer as soon as it gets another', async () => {
    const { server, port } = await silentServer();
    await using root = await startRoot();
    await using leaf = new TestLeaf({ limits: { ...LIMITS, handshakeMs: 60_000 } });
    leaf.connect({ host: '127.0.0.1', port });
    await once(server, 'connection');
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await leaf.whenUp(5000);
    server.close();
  });

  it('sends what its `onUp` handlers send before anything else', async () => {
    await using root = await startRoot();
    const seen: string[] = [];
    root.internal.mapTarget((_child: unknown, text: string) => seen.push(text), 'firefly.session');
    mapTarget(root, 'login', (text: string) => seen.push(text));
    await using leaf = new TestLeaf();
    leaf.onUp(() => leaf.notifyRemote('firefly.session', 'session 1'));
    leaf.onUp(() => leaf.notifyRemote('firefly.session', 'session 2'));
    const called = leaf.whenUp(5000).then(() => leaf.callRemote('login', 'call'));
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await called;
    assert.deepEqual(seen, ['session 1', 'session 2', 'call']);
  });

  it('hears its root only after its `onUp` handlers ran, also when the root calls at once', async () => {
    await using root = await startRoot();
    const seen: string[] = [];
    const called = new Promise<unknown>((resolve) => {
      root.doChildConnect = (child) => resolve(child.call('hello', []));
    });
    await using leaf = new TestLeaf();
    mapTarget(leaf, 'hello', () => seen.push('call'));
    leaf.onUp(() => seen.push('up'));
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await called;
    assert.deepEqual(seen, ['up', 'call']);
  });

  it('gives up waiting at the deadline, and says why there is no link', async () => {
    const root = await startRoot();
    await root.close('nobody listens now');
    await using leaf = new TestLeaf();
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await assert.rejects(leaf.whenUp(60), (error) => error instanceof Deadline && /ECONNREFUSED/.test(error.message));
    assert.equal(leaf.lines.filter((line) => line.event === 'dial').length, 1, 'once a cause in the log');
  });

  it('settles `close` and `whenUp` during the dial, the handshake and the back-off', async () => {
    const { server, port } = await silentServer();
    const gone = await startRoot();
    await gone.close('gone');
    const cases = {
      'before any address': undefined,
      handshake: { host: '127.0.0.1', port },
      'back-off': { host: '127.0.0.1', port: gone.port },
      dial: { host: '192.0.2.1', port: 9 },
    };
    for (const [what, address] of Object.entries(cases)) {
      const leaf = new TestLeaf({ limits: { ...LIMITS, handshakeMs: 60_000, redialMinMs: 60_000, redialMaxMs: 60_000 } });
      const up = leaf.whenUp(60_000);
      if (address) leaf.connect(address);
      if (what === 'handshake') await once(server, 'connection');
      if (what === 'back-off') await new Promise((resolve) => setTimeout(resolve, 20));
      const [result] = await Promise.allSettled([up, leaf.close('enough')]);
      assert.ok(result.status === 'rejected' && result.reason instanceof PeerDown, what);
      await assert.rejects(leaf.callRemote('x'), PeerDown);
      await assert.rejects(leaf.whenUp(1000), PeerDown);
    }
    server.close();
    const open = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap' || kind === 'TCPConnectWrap');
    assert.ok(open.length <= 2, `left open: ${open}`);
  });

  it('links anew when told to, without waiting', async () => {
    await using root = await startRoot();
    await using leaf = await startLeaf(root.port);
    const down = new Promise((resolve) => leaf.onDown(resolve));
    const linked = hookOf(root, 'doChildConnect');
    leaf.reconnect();
    await Promise.all([down, linked, leaf.whenUp(1000)]);
    assert.equal(root.childsmanager.size, 1);
  });

  it('comes back also when many more come at once than a root greets at a time', async () => {
    const limits = { ...LIMITS, handshakeMs: 60_000, redialMaxMs: 1_000 };
    const first = await startRoot({ limits });
    const leaves = Array.from({ length: 300 }, (_, n) => new TestLeaf({ name: `game${n}`, limits }));
    try {
      for (const leaf of leaves) leaf.connect({ host: '127.0.0.1', port: first.port });
      await Promise.all(leaves.map((leaf) => leaf.whenUp(60_000)));
      await first.close('restart');
      await using second = await startRoot({ limits }, first.port);
      await Promise.all(leaves.map((leaf) => leaf.whenUp(60_000)));
      const answers = await Promise.all(leaves.map((leaf) => leaf.callRemote('nothing').catch((error) => error)));
      assert.ok(answers.every((error) => error instanceof NoSuchTarget));
      assert.equal(second.childsmanager.size, 300);
    } finally {
      await Promise.all([first.close('end of test'), ...leaves.map((leaf) => leaf.close('end of test'))]);
    }
  });

  it('registers with the name it was given last', async () => {
    await using root = await startRoot();
    await using leaf = new TestLeaf();
    leaf.setName('game2');
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await leaf.whenUp(5000);
    assert.equal(leaf.getName(), 'game2');
    assert.deepEqual(root.childsmanager.names(), ['game2']);
  });
});
