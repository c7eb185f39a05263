/** What a handler throws is in the log of the node that threw it, with the line of the game's source: who asks at night reads that node's log. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { twoGames } from '../../helpers/project';

const GAME = `
import { NoSuchTarget, remoteserviceHandle } from 'firefly-ts';
function ask(text: string) {
  if (text === 'unknown') throw new NoSuchTarget('game', 7);
  throw new RangeError('out of gold');
}
remoteserviceHandle('gate')(async function answer(data: Buffer) {
  await null;
  return ask(data.toString());
});
`;

interface Line {
  readonly level: string;
  readonly message: string;
  readonly text: string;
}

const linesOf = async (cluster: Cluster, node: string) =>
  ((await cluster.get(`/log?node=${node}&lines=1000`)).json() as { lines: Line[] }).lines;
const errorsOf = async (cluster: Cluster, node: string) => (await linesOf(cluster, node)).filter(({ level }) => level === 'error');
const traceOf = (line: Line | undefined) => /\btrace=([\da-f]{32})\b/.exec(line?.text ?? '')?.[1];

describe('what a handler throws', () => {
  it('is in the log of its node, with service, handler, line of the source and trace; a node on the way adds nothing, and no payload is shown', async () => {
    using project = twoGames({ 'app/game.ts': GAME });
    project.configure({ trace: { sample: 1 } });
    await using cluster = await startCluster(project.path('config.json'));
    await http({ port: cluster.port(9998), path: '/log/level?node=net&level=debug', method: 'POST' });
    const client = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    assert.equal((await client.request(300, 'my secret')).text, 'failed: RemoteError');
    const [line, ...more] = await errorsOf(cluster, 'game1');
    assert.ok(line, 'the node that threw says it');
    assert.match(line.message, /^handler answer of \S+ failed at \S*app\/game\.ts:5: out of gold$/);
    assert.match(line.text, /RangeError: out of gold\n[\s\S]*game\.ts:5:/);
    assert.equal(more.length, 0);
    const atNet = await cluster.waitFor(
      async () => (await linesOf(cluster, 'net')).find(({ message }) => message.startsWith('command 300 failed after')),
      'what net says of the request',
    );
    assert.ok(traceOf(line), line.text);
    assert.equal(traceOf(line), traceOf(atNet));
    assert.deepEqual(await errorsOf(cluster, 'gate'), []);
    assert.ok(!cluster.lines.some((printed) => printed.includes('my secret')));
    await client.close();
  });

  it('is said 20 times a second at most, and then how often it was; what the framework throws is left to the caller', async () => {
    using project = twoGames({ 'app/game.ts': GAME });
    await using cluster = await startCluster(project.path('config.json'));
    const client = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    assert.equal((await client.request(300, 'unknown')).text, 'failed: NoSuchTarget');
    assert.deepEqual(await errorsOf(cluster, 'game1'), []);
    for (let sent = 0; sent < 200; sent++) await client.request(300, 'x');
    const count = await cluster.waitFor(async () => {
      const lines = await errorsOf(cluster, 'game1');
      const said = lines.filter(({ message }) => message.startsWith('handler answer of')).length;
      const more = lines.map(({ message }) => /^(\d+) more handlers that gate called failed within a second/.exec(message)?.[1]);
      return said + more.reduce((sum, text) => sum + Number(text ?? 0), 0) === 200 ? said : undefined;
    }, 'all 200 to be told of');
    assert.ok(count < 200, `${count} lines of their own`);
    await client.close();
  });
});
