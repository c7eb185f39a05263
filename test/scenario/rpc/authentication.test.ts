/** Promise 6 of RPC: nobody registers or calls without the cluster's secret, and both sides prove that they know it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { clusterSecret } from '../../../src/config/secret';
import { Unauthorized } from '../../../src/errors';
import { Kind } from '../../../src/wire/frame';
import { pack } from '../../../src/wire/values';
import { startLeaf, TestLeaf } from '../../distributed/support';
import { Probe } from './probe';

const HELLO = { name: 'game9', root: 'gate', epoch: 1, info: {}, protocol: 1, nonce: Buffer.alloc(32) };

function frame(kind: number, body: Buffer): Buffer {
  const head = Buffer.from([0, 0, 0, 0, kind]);
  head.writeUInt32BE(body.length + 1);
  return Buffer.concat([head, body]);
}

/** A call of `echo`, as a linked node sends it. */
const CALL = Buffer.concat([frame(Kind.name, Buffer.from('echo')), frame(Kind.call, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]))]);

describe('the ports of a cluster that nodes link to', () => {
  let probe: Probe;
  let secret: string;
  before(async () => {
    probe = await Probe.start();
    secret = clusterSecret({ dataDir: probe.cluster.dataDir });
  });
  after(() => probe[Symbol.asyncDispose]());

  /** Sends bytes to a port and returns what it answers until it closes. */
  async function send(port: number, ...pieces: Buffer[]): Promise<Buffer> {
    const socket = connect(probe.cluster.port(port), '127.0.0.1').on('error', () => {});
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk));
    for (const piece of pieces) socket.write(piece);
    await once(socket, 'close');
    return Buffer.concat(heard);
  }

  /** Whether gate knows a child of that name. */
  const linked = async (name: string) => (await probe.cluster.status()).nodes.gate?.children?.includes(name) ?? false;

  it('take nobody without a secret: neither registration nor call', async () => {
    for (const [port, root] of [
      [10000, 'gate'],
      [9999, 'master'],
    ] as const) {
      const hello = frame(Kind.hello, pack({ ...HELLO, root }));
      for (const attempt of [
        [CALL],
        [hello, CALL],
        [hello, frame(Kind.proof, Buffer.alloc(32)), CALL],
        [hello, frame(Kind.proof, Buffer.alloc(0)), CALL],
      ]) {
        const answer = await send(port, ...attempt);
        assert.equal(answer.indexOf(Buffer.from([0, 0, 0, 1, Kind.result])), -1);
        assert.ok(!answer.includes(secret));
      }
    }
    await probe.cluster.waitForLine(/gate rejects a connection from 127\.0\.0\.1:\d+: game9 has not the secret of gate/);
    await probe.cluster.waitForLine(/master rejects a connection from 127\.0\.0\.1:\d+: game9 has not the secret of master/);
    assert.equal(await linked('game9'), false);
  });

  it('take nobody with a wrong secret, and say so', async () => {
    await using leaf = new TestLeaf({ name: 'game9', secret: 'not the secret of this cluster' });
    const refused = new Promise<Error>((resolve) => leaf.onRefused(resolve));
    leaf.connect({ host: '127.0.0.1', port: probe.cluster.port(10000) });
    const error = await refused;
    assert.ok(error instanceof Unauthorized);
    assert.match(error.message, /game9 has not the secret of gate; give both the same/);
  });

  it('take no handshake that was recorded and is played again', async () => {
    const sent: Buffer[] = [];
    const recorder = createServer((near: Socket) => {
      const far = connect(probe.cluster.port(10000), '127.0.0.1');
      near
        .on('data', (chunk) => sent.push(chunk))
        .on('error', () => {})
        .pipe(far);
      far.on('error', () => {}).pipe(near);
    }).listen(0, '127.0.0.1');
    await once(recorder, 'listening');
    const address = recorder.address();
    {
      await using leaf = await startLeaf(typeof address === 'object' && address ? address.port : 0, { name: 'game8', secret });
      assert.equal(await leaf.callRemote('echo', 'recorded'), 'recorded');
    }
    recorder.close();
    await probe.cluster.waitFor(async () => !(await linked('game8')), 'end of game8');
    const answer = await send(10000, ...sent);
    assert.ok(!answer.includes('recorded'));
    await probe.cluster.waitForLine(/gate rejects a connection from .*: game8 has not the secret of gate/);
    assert.equal(await linked('game8'), false);
  });

  it('take no other version of the protocol, older or newer, nor one that is left out', async () => {
    for (const protocol of [0, 2, undefined, '1', null]) {
      const answer = (await send(10000, frame(Kind.hello, pack({ ...HELLO, protocol })), CALL)).toString('latin1');
      assert.match(answer, /game9 speaks protocol .* and gate speaks 1; run one version/, String(protocol));
    }
    // A version that was changed on the way is not what the leaf signed, so it cannot be talked down either.
    const between = createServer((near: Socket) => {
      const far = connect(probe.cluster.port(10000), '127.0.0.1');
      near.on('data', (chunk) => far.write(Buffer.from(chunk.toString('latin1').replace('protocol\x02', 'protocol\x01'), 'latin1')));
      for (const socket of [near, far]) socket.on('error', () => {});
      far.pipe(near);
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const address = between.address();
    const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1').on('error', () => {});
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk));
    const hello = frame(Kind.hello, pack({ ...HELLO, protocol: 2 }));
    socket.write(hello);
    await once(socket, 'data');
    const { createHmac } = await import('node:crypto');
    const challenge = Buffer.concat(heard);
    socket.write(frame(Kind.proof, createHmac('sha256', secret).update('firefly 1 leaf\0').update(hello).update(challenge).digest()));
    await once(socket, 'close');
    between.close();
    assert.match(Buffer.concat(heard).toString('latin1'), /game9 has not the secret of gate/);
    assert.equal(await linked('game9'), false);
  });

  it('are not taken by a node for those of somebody who does not know it and welcomes everybody', async () => {
    const impostor = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(frame(Kind.challenge, Buffer.alloc(32))));
      socket.once('data', () => socket.write(frame(Kind.welcome, Buffer.concat([Buffer.alloc(32), pack({ epoch: 1, info: {} })]))));
    }).listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    const address = impostor.address();
    await using leaf = new TestLeaf({ name: 'game9', secret });
    const refused = new Promise<Error>((resolve) => leaf.onRefused(resolve));
    leaf.connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 });
    const error = await refused;
    assert.ok(error instanceof Unauthorized);
    assert.match(error.message, /gate has not the secret of game9; give both the same/);
    assert.equal(leaf.isUp, false);
    impostor.close();
  });

  it('still serve those who know it', async () => {
    assert.equal((await probe.calls({ child: 'game1', target: 'echo', args: ['served'] }))[0]?.value, 'served');
    await using leaf = await startLeaf(probe.cluster.port(10000), { name: 'game7', secret });
    assert.equal(await leaf.callRemote('echo', 1), 1);
    assert.ok(!probe.cluster.lines.some((line) => line.includes(secret)), 'and no log tells it');
  });
});
