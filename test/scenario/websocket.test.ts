/** A WebSocket client of a real cluster: the same game as over TCP, through net, gate and a game node. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { type Certificate, makeCertificate } from '../helpers/certificates';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { twoGames } from '../helpers/project';
import { proxyHeader } from '../netconnect/proxy';
import { WsClient } from '../netconnect/wsclient';

const GATE = [{ rootport: 10000, rootname: 'gate' }];
const CONFIG = JSON.stringify({
  master: { rootport: 9999, webport: 9998 },
  servers: {
    gate: { rootport: 10000, app: 'app.gate' },
    net: { netport: 10001, wsport: 10003, remoteport: GATE, app: 'app.net' },
    edge: { wsport: 10004, tls: { cert: 'cert.pem', key: 'key.pem' }, proxyprotocol: true, remoteport: GATE, app: 'app.net' },
    game1: { remoteport: GATE, app: 'app.game' },
  },
});

const NET = `
import { GlobalObject, netserviceHandle, remoteserviceHandle } from 'firefly-ts';
netserviceHandle(100, (conn: { id: number; address: string }) => conn.id + ' ' + conn.address);
netserviceHandle('*', (command: number, conn: { id: number }, data: Buffer) => GlobalObject().remote.gate?.callRemote('pass', command, conn.id, data));
remoteserviceHandle('gate')(function push(topic: number, message: string, ids: number[]) { GlobalObject().netfactory?.pushObject(topic, message, ids); });
`;

const GATE_APP = `
import { GlobalObject, rootserviceHandle, sessions } from 'firefly-ts';
rootserviceHandle(function pass(command: number, dynamicId: number, data: Buffer) {
  if (command === 400) return sessions().set(dynamicId, { name: data.toString() }), 'known';
  if (command === 401) return JSON.stringify(sessions().get(dynamicId)?.data ?? null);
  if (command === 402) {
    for (const [id, session] of sessions().entries()) GlobalObject().root?.childsmanager.getChildByName(session.net)?.notify('push', [905, data.toString(), [id]]);
    return 'pushed';
  }
  return GlobalObject().root?.callChild('game1', 'answer', data);
});
`;

describe('a WebSocket client of a cluster', () => {
  const certificate: Certificate = makeCertificate();
  const project = twoGames({
    'config.json': CONFIG,
    'app/net.ts': NET,
    'app/gate.ts': GATE_APP,
    'cert.pem': certificate.cert,
    'key.pem': certificate.key,
  });
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster(project.path('config.json'));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  const ask = async (client: WsClient, command: number, payload = ''): Promise<string> => {
    const at = client.frames.length;
    client.send([command, payload]);
    await cluster.waitFor(() => client.frames.slice(at).some((frame) => frame.command === command), `the answer to ${command}`);
    return (
      client.frames
        .slice(at)
        .find((frame) => frame.command === command)
        ?.payload.toString() ?? ''
    );
  };

  it('is answered by net, by gate and by the game node', async () => {
    using client = await WsClient.connect(cluster.port(10003));
    assert.match(await ask(client, 100), /^\d+ 127\.0\.0\.1$/);
    assert.equal(await ask(client, 401), 'null');
    assert.match(await ask(client, 300), /^first text \d+$/);
  });

  it('gets pushes beside clients over TCP, on whatever net node', async () => {
    using browser = await WsClient.connect(cluster.port(10003));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    const [first, second] = [await ask(browser, 100), (await player.request(100)).text];
    assert.notEqual(Number.parseInt(first, 10), Number.parseInt(second, 10));
    await ask(browser, 400, 'browser');
    await player.request(400, 'player');
    await ask(browser, 402, 'to all');
    assert.equal((await player.receive(905)).text, 'to all');
    await cluster.waitFor(() => browser.texts.includes('905:to all'), 'the push');
    await player.close();
  });

  it('keeps its session when gate is killed and started again', async () => {
    using client = await WsClient.connect(cluster.port(10003));
    assert.equal(await ask(client, 400, 'steady'), 'known');
    await cluster.kill('gate');
    await cluster.whenReady(['gate', 'net', 'edge', 'game1']);
    const answer = await cluster.waitFor(async () => {
      client.send([401]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return client.texts.find((text) => text === '401:{"name":"steady"}');
    }, 'the session');
    assert.equal(answer, '401:{"name":"steady"}');
  });

  it('comes over TLS through a proxy that names it, to a node that has no other port', async () => {
    const socket = connect({ port: cluster.port(10004), host: '127.0.0.1' });
    socket.write(proxyHeader({ address: '203.0.113.20' }));
    const carrier = connectTls({ socket, ca: certificate.cert, servername: 'localhost' });
    const ws = new WebSocket('ws://localhost/', { createConnection: () => carrier });
    await once(ws, 'open');
    ws.send(Buffer.from('0000000000000000000000000400000064', 'hex'));
    const [answer] = (await once(ws, 'message')) as [Buffer];
    assert.match(answer.subarray(17).toString(), /^\d+ 203\.0\.113\.20$/);
    ws.close();
    await once(ws, 'close');
  });

  it('is told when the cluster stops', async () => {
    const client = await WsClient.connect(cluster.port(10003));
    await ask(client, 100);
    assert.equal(await cluster.stop(), 0);
    assert.deepEqual(await client.closed, { code: 1001, reason: 'the node stops' });
    assert.ok(cluster.lines.some((line) => line.includes(`clients wss://127.0.0.1:${cluster.port(10004)}`)));
  });
});
