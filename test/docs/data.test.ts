/** docs/data.md: its shop is a game that runs, says what the page shows, and says it again when its processes were killed; its other samples compile. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { Project } from '../helpers/project';
import { compile } from './compile';
import { blockFor, blocksOf, ROOT, readPage } from './page';

const PAGE = readPage('docs/data.md');
const FILES = ['config.json', 'app/tables.ts', 'app/shop.ts', 'app/dbfront.ts'];

/** What the page shows of a client: command, payload, answer. */
const SHOWN = [...PAGE.matchAll(/^-> (\d+) (\S+) +<- (\{.*\})$/gm)].map(([, command, payload = '', answer = '']) => ({
  command: Number(command),
  payload,
  answer,
}));

async function ask(cluster: Cluster, requests: readonly { command: number; payload: string }[]): Promise<string[]> {
  await using player = await connectClient({ port: cluster.port(11009), header: ZERO_HEADER });
  const answers: string[] = [];
  for (const { command, payload } of requests) answers.push((await player.request(command, payload)).text);
  return answers;
}

describe('docs/data.md', () => {
  it('has a shop that works as shown, and loses nothing when everything is killed', async () => {
    using project = new Project(Object.fromEntries(FILES.map((file) => [file, blockFor(PAGE, file)])));
    const others = blocksOf(PAGE).filter(({ language, file }) => language === 'ts' && file === undefined);
    for (const [index, { text }] of others.entries()) project.edit(`app/other${index}.ts`, text);
    compile(project);
    assert.equal(SHOWN.length, 5);
    const dataDir = mkdtempSync(join(tmpdir(), 'firefly-shop-'));
    try {
      {
        await using cluster = await startCluster(project.path('config.json'), { dataDir });
        const answers = await ask(cluster, SHOWN);
        assert.deepEqual(
          answers,
          SHOWN.map(({ answer }) => answer),
        );
        await cluster.kill('dbfront');
        assert.deepEqual(await ask(cluster, SHOWN.slice(-1)), answers.slice(-1));
      }
      await using cluster = await startCluster(project.path('config.json'), { dataDir });
      assert.deepEqual(await ask(cluster, SHOWN.slice(-1)), [SHOWN.at(-1)?.answer]);
      const [first, second] = await Promise.all([
        ask(cluster, [{ command: 1, payload: 'Bob' }]),
        ask(cluster, [{ command: 1, payload: 'Eve' }]),
      ]);
      const bob = String((JSON.parse(first[0] ?? '') as { id: number }).id);
      assert.ok(second[0]);
      const bought = await Promise.all(Array.from({ length: 4 }, () => ask(cluster, [{ command: 2, payload: bob }])));
      assert.equal(bought.filter(([answer]) => answer?.includes('item')).length, 1);
      assert.deepEqual(await ask(cluster, [{ command: 3, payload: bob }]), ['{"coin":40,"bag":[20030055]}']);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

/** Names of metrics in a folder's sources, each as often as it is registered. */
function metricsOf(path: string): string[] {
  const folder = join(ROOT, path);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const registered = /(?:gauge|counter)\(\s*'(firefly_\w+)'/g;
  return sources.flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(registered)].map(([, name = '']) => name));
}

describe('docs/operations.md', () => {
  const page = readPage('docs/operations.md');

  it('has every metric of the data layer, and its part on data none that there is not', () => {
    const metrics = new Set(metricsOf('src/dbentrust'));
    assert.deepEqual(
      [...metrics].filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
    const [, part = ''] = page.split('\n## Data\n');
    assert.deepEqual(
      (part.match(/firefly_\w+/g) ?? []).filter((name) => !metrics.has(name)),
      [],
    );
  });

  it('means one thing by each name: the second of a name would take the place of the first', () => {
    const names = metricsOf('src');
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});
