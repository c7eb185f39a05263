/** What an operator sees of a node without a shell on its machine: numbers, config, handlers, errors, log, profiles. */
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { type Project, twoGames } from '../../helpers/project';

interface Page {
  readonly name: string;
  readonly status: Record<string, unknown>;
  readonly config: { readonly section: Record<string, unknown>; readonly limits: Record<string, number> };
  readonly handlers: readonly Record<string, unknown>[];
  readonly errors: readonly { readonly at: string; readonly level: string; readonly message: string; readonly stack?: string }[];
  readonly logLevel: string | null;
}

interface Log {
  readonly lines: readonly { readonly seq: number; readonly level: string; readonly message: string; readonly text: string }[];
  readonly next: number;
}

describe('a node', () => {
  let project: Project;
  let cluster: Cluster;
  let client: GameClient;
  before(async () => {
    project = twoGames({
      'app/game.ts': `
import { remoteserviceHandle } from 'firefly-ts';
remoteserviceHandle('gate')(function answer(data: Buffer) {
  const ms = Number(data.toString());
  if (ms < 0) throw new RangeError('a negative time');
  return new Promise((resolve) => setTimeout(resolve, ms, 'waited'));
});
`,
    });
    const { servers } = project.config() as { servers: Record<string, object> };
    const shop = { password: 'hunter2', nested: [{ apiKey: 'hunter2', name: 'shown' }] };
    project.configure({ servers: { ...servers, game1: { ...servers.game1, shop } }, limits: { deadAfterMs: 1_000, heartbeatMs: 400 } });
    cluster = await startCluster(project.path('config.json'));
    client = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
  });
  after(async () => {
    await client.close();
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });
  const page = async (name: string) => (await cluster.get(`/node?name=${name}`)).json() as Page;
  const log = async (node: string, query = '') => (await cluster.get(`/log?node=${node}${query}`)).json() as Log;
  const act = (path: string) => http({ port: cluster.port(9998), path, method: 'POST', deadlineMs: 40_000 });

  it('shows its numbers in /status: clients, links, memory, event loop', async () => {
    await cluster.waitFor(async () => {
      await client.request(300, '1');
      const { nodes } = (await cluster.get('/status')).json() as { nodes: Record<string, Record<string, unknown>> };
      const { net = {}, gate = {} } = nodes;
      const links = net.links as { peer: string; callsPerSecond: number; inFlight: number; queuedBytes: number }[];
      assert.deepEqual([net.connections, net.sessions, gate.connections, gate.sessions, gate.dirtyRows], [1, null, null, 0, null]);
      assert.deepEqual([net.host, net.draining, net.errors], ['127.0.0.1', false, 0]);
      assert.ok(Number(net.heapUsed) > 1e6 && Number((net.loopLagMs as { max: number }).max) >= 0);
      assert.deepEqual(links.map(({ peer }) => peer).sort(), ['gate', 'master']);
      return (links.find(({ peer }) => peer === 'gate')?.callsPerSecond ?? 0) > 0;
    }, 'calls of net to gate in /status');
  });

  it('shows its handlers with how often, how long and how often they fail', async () => {
    await client.request(300, '40');
    await client.request(300, '-1');
    const answer = (await page('game1')).handlers.find(({ name }) => name === 'answer');
    assert.ok(answer && Number(answer.calls) >= 3 && Number(answer.perSecond) > 0, JSON.stringify(answer));
    assert.equal(answer.failures, 1);
    assert.ok(Number(answer.maxMs) >= 39, `${answer.maxMs} ms`);
    assert.ok(Number(answer.p50Ms) <= Number(answer.p99Ms) && Number(answer.p99Ms) <= Number(answer.maxMs));
    assert.ok((await page('net')).handlers.some(({ service, name }) => service === 'netservice' && name === '*'));
  });

  it('shows its config, and no secret in it', async () => {
    const { config } = await page('game1');
    assert.deepEqual(config.section.shop, { password: '[secret]', nested: [{ apiKey: '[secret]', name: 'shown' }] });
    assert.equal(config.limits.deadAfterMs, 1_000);
    assert.doesNotMatch(JSON.stringify(await page('game1')), /hunter2/);
  });

  it('shows its last errors with their stacks', async () => {
    await client.request(500);
    const { errors, status } = await page('net');
    assert.match(errors.at(-1)?.message ?? '', /command 500 of client \d+ failed: handler 500 fails/);
    assert.match(errors.at(-1)?.stack ?? '', /app\/net\.ts:\d+/);
    assert.ok(Number(status.errors) >= 1);
  });

  it('shows its log line by line, and takes another level at run time', async () => {
    const { next } = await log('gate');
    assert.equal((await act('/log/level?node=gate&level=debug')).status, 200);
    assert.equal((await page('gate')).logLevel, 'debug');
    await client.request(300, '1');
    const lines = await cluster.waitFor(async () => {
      const { lines } = await log('gate', `&after=${next}`);
      return lines.some(({ message }) => message === 'call of pass by net') ? lines : undefined;
    }, 'the call in the log');
    assert.equal(lines[0]?.seq, next + 1);
    assert.match(lines[0]?.message ?? '', /the log level is debug/);
    assert.equal((await act('/log/level?node=gate&level=info')).status, 200);
    assert.ok((await log('master')).lines.some(({ message }) => message.includes('POST /log/level node=gate level=info')));
    assert.equal((await log('gate', '&lines=1')).lines.length, 1);
  });

  it('that is gone is shown with what the master knows, and says so when it is asked for more', async () => {
    await cluster.kill('gate');
    await cluster.waitFor(async () => (await cluster.status()).nodes.gate?.state === 'exited', 'gate exited');
    const gate = await page('gate');
    assert.deepEqual([gate.status.heapUsed, gate.status.links, gate.logLevel, gate.handlers], [null, [], null, []]);
    assert.equal(gate.config.section.rootport, 10000);
    const answer = await cluster.get('/log?node=gate');
    const { error, code } = answer.json() as { error: string; code: string };
    assert.deepEqual([answer.status, code], [503, 'FF_PEER_DOWN']);
    assert.match(error, /^gate is down \(it was killed by SIGKILL\); its config names no file/);
    for (const path of ['/node?name=nobody', '/node?name=__proto__', '/log?node=nobody'])
      assert.equal((await cluster.get(path)).status, 404);
    assert.equal((await cluster.get('/log')).status, 400);
  });

  it('writes a heap snapshot, for its owner alone, even if its links do not outlive that', async () => {
    const answer = await act('/heap?node=net');
    assert.equal(answer.status, 200, answer.text);
    const { file, bytes } = answer.json() as { file: string; bytes: number };
    const path = join(cluster.dataDir, 'profiles', file);
    assert.ok(existsSync(path));
    assert.deepEqual([statSync(path).size, statSync(path).mode & 0o777], [bytes, 0o600]);
    assert.equal((await cluster.status()).nodes.net?.restarts, 0);
  });
});
