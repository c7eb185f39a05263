/** A request that is followed has one id from net to dbfront: on log lines, and in spans where OpenTelemetry is set up. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../../docs/page';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { type Project, twoGames, variantOf } from '../../helpers/project';

interface Line {
  readonly message: string;
  readonly text: string;
}

const linesOf = async (cluster: Cluster, node: string) =>
  ((await cluster.get(`/log?node=${node}&lines=1000`)).json() as { lines: Line[] }).lines;
const debug = (cluster: Cluster, node: string) =>
  http({ port: cluster.port(9998), path: `/log/level?node=${node}&level=debug`, method: 'POST' });
const traceOf = (line: Line | undefined) => /\btrace=([\da-f]{32})\b/.exec(line?.text ?? '')?.[1];

interface Recorded {
  readonly node: string;
  readonly name: string;
  readonly trace: string;
  readonly span: string;
  readonly parent?: string;
  readonly failed: boolean;
}

/** Writes each span that ends to a file, as an exporter of a real project would send it somewhere. */
const RECORDER = `
import { appendFileSync } from 'node:fs';
import { GlobalObject } from 'firefly-ts';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { join } from 'node:path';
const file = join(__dirname, 'spans.jsonl');
const record = (span: any) => appendFileSync(file, JSON.stringify({
  node: span.attributes['firefly.node'], name: span.name, trace: span.spanContext().traceId, span: span.spanContext().spanId,
  parent: span.parentSpanId, failed: span.status.code === 2,
}) + '\\n');
new BasicTracerProvider({
  spanProcessors: [{ onStart() {}, onEnd: record, forceFlush: async () => {}, shutdown: async () => {} }],
}).register();
`;

function recorded(trace: object): Project {
  const project = twoGames({ 'app/recorder.ts': RECORDER });
  project.link('node_modules/@opentelemetry', join(ROOT, 'node_modules/@opentelemetry'));
  for (const module of ['net', 'gate', 'game']) {
    const source = readFileSync(project.path(`app/${module}.ts`), 'utf8');
    project.edit(`app/${module}.ts`, `import './recorder';${source}`, { build: true });
  }
  project.configure({ trace });
  return project;
}

describe('a request that is followed', () => {
  it('has one id on the log lines of net, gate and dbfront', async () => {
    using project = variantOf('config.json', { trace: { sample: 1 } });
    await using cluster = await startCluster(project.path('config.json'));
    for (const node of ['net', 'gate', 'dbfront']) assert.equal((await debug(cluster, node)).status, 200);
    const client = await connectClient({ port: cluster.port(11009) });
    await client.request(101, JSON.stringify({ username: 'anna', password: 'a password' }));
    const trace = await cluster.waitFor(
      async () => traceOf((await linesOf(cluster, 'net')).find(({ message }) => message.startsWith('command 101 took'))),
      'the span of net',
    );
    for (const [node, message] of [
      ['gate', /^forwarding took [\d.]+ ms$/],
      ['dbfront', /^firefly\.db\.\w+ took [\d.]+ ms$/],
    ] as const) {
      const isThere = async () => (await linesOf(cluster, node)).some((line) => message.test(line.message) && traceOf(line) === trace);
      await cluster.waitFor(isThere, `the trace at ${node}`);
    }
    await client.request(101, JSON.stringify({ username: 'anna', password: 'a password' }));
    const traces = new Set((await linesOf(cluster, 'net')).map(traceOf).filter((id) => id !== undefined));
    assert.equal(traces.size, 2, 'another request has another id');
    await client.close();
  });

  it('is a span of OpenTelemetry in each node, each the child of the one before, and failed where it failed', async () => {
    using project = recorded({ sample: 1 });
    await using cluster = await startCluster(project.path('config.json'));
    const client = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    await client.request(300, 'x');
    await client.request(500, 'x');
    const spans = await cluster.waitFor(() => {
      const file = project.path('app/spans.jsonl');
      const all = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
      const read = all.map((line) => JSON.parse(line) as Recorded);
      return read.some(({ name }) => name === 'command 500') && read.some(({ name }) => name === 'command 300') ? read : undefined;
    }, 'the spans');
    const of = (node: string, name: string) => spans.find((span) => span.node === node && span.name === name);
    const [net, gate, game] = [of('net', 'command 300'), of('gate', 'pass'), of('game1', 'answer')];
    assert.ok(net && gate && game, JSON.stringify(spans));
    assert.deepEqual([gate.trace, game.trace], [net.trace, net.trace]);
    assert.deepEqual([net.parent, gate.parent, game.parent], [undefined, net.span, gate.span]);
    assert.deepEqual([net.failed, of('net', 'command 500')?.failed], [false, true]);
    await client.close();
  });
});

describe('a cluster that follows nothing', () => {
  it('puts no id on a line and does not look for OpenTelemetry', async () => {
    using project = twoGames({
      'app/game.ts': `
import { remoteserviceHandle } from 'firefly-ts';
remoteserviceHandle('gate')(function answer() {
  return 'loaded: ' + Object.keys(require.cache).filter((file) => file.includes('opentelemetry')).map((file) => file.replace(/.*\\//, ''));
});
`,
    });
    await using cluster = await startCluster(project.path('config.json'));
    await debug(cluster, 'gate');
    const client = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    assert.equal((await client.request(300, 'x')).payload.toString(), 'loaded: opentelemetry.js');
    assert.equal((await linesOf(cluster, 'gate')).filter((line) => traceOf(line) !== undefined).length, 0);
    await client.close();
  });
});
