import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { connectClient, type GameClient, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { type Project, twoGames } from '../helpers/project';

interface ReloadAnswer {
  readonly ok: boolean;
  readonly message: string;
  readonly nodes: Record<string, { ok: boolean; codeVersion?: string; failures?: { file: string; line: number; message: string }[] }>;
}

async function withCluster(work: (project: Project, cluster: Cluster, player: GameClient) => Promise<void>): Promise<void> {
  using project = twoGames();
  await using cluster = await startCluster(project.path('config.json'));
  const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
  try {
    await work(project, cluster, player);
  } finally {
    player.close();
  }
}

async function reload(cluster: Cluster, path = '/reload'): Promise<{ status: number; answer: ReloadAnswer }> {
  const { status, json } = await cluster.get(path);
  return { status, answer: json() as ReloadAnswer };
}

const versions = async (cluster: Cluster) => Object.values((await cluster.status()).nodes).map((node) => node.codeVersion);

describe('a reload', () => {
  it('changes the answer on an open connection and keeps the state', async () => {
    await withCluster(async (project, cluster, player) => {
      assert.equal((await player.request(300)).text, 'first text 1');
      const before = await versions(cluster);
      project.edit('app/text.ts', "export const text = 'second text';\n", { build: true });
      const { status, answer } = await reload(cluster);
      assert.equal(status, 200, JSON.stringify(answer));
      assert.equal((await player.request(300)).text, 'second text 2');
      assert.equal((await player.request(301)).text, 'second text 1');
      const now = await versions(cluster);
      assert.equal(answer.nodes.game1?.codeVersion, now[2]);
      assert.notEqual(now[2], before[2]);
      assert.equal(now[0], before[0], "gate's code is the same");
    });
  });

  it("has Firefly's path too", async () => {
    await withCluster(async (project, cluster, player) => {
      project.edit('app/text.ts', "export const text = 'other';\n", { build: true });
      assert.equal((await reload(cluster, '/reloadmodule')).status, 200);
      assert.equal((await player.request(300)).text, 'other 1');
    });
  });

  it('changes nothing anywhere when the source was edited and not built', async () => {
    await withCluster(async (project, cluster, player) => {
      const before = await versions(cluster);
      project.edit('app/text.ts', "export const text = 'first text';\nexport const broken: number = ;\n");
      const { status, answer } = await reload(cluster);
      assert.equal(status, 422);
      const failure = answer.nodes.game2?.failures?.[0];
      assert.equal(failure?.file, project.path('app/text.ts'));
      assert.equal(failure?.line, 2);
      assert.match(failure?.message ?? '', /build first/);
      assert.equal((await player.request(300)).text, 'first text 1');
      assert.deepEqual(await versions(cluster), before);
    });
  });

  it('changes nothing anywhere when an emitted file is broken', async () => {
    await withCluster(async (project, cluster, player) => {
      const emitted = project.path('app/text.js');
      writeFileSync(emitted, `${readFileSync(emitted, 'utf8')}\nconst = 1;\n`);
      const { status, answer } = await reload(cluster);
      assert.equal(status, 422);
      const failure = answer.nodes.game1?.failures?.[0];
      assert.equal(failure?.file, emitted);
      assert.ok((failure?.line ?? 0) > 1);
      assert.match(failure?.message ?? '', /SyntaxError/);
      assert.equal((await player.request(300)).text, 'first text 1');
    });
  });

  it('changes nothing anywhere when a module throws in the second of two game nodes', async () => {
    await withCluster(async (project, cluster, player) => {
      const before = await versions(cluster);
      project.edit(
        'app/text.ts',
        `
import { GlobalObject } from 'firefly-ts';
export const text = 'never seen';
if (Object.keys(GlobalObject().remote).length > 0 && process.argv[2] === 'game2') {
  throw new Error('not in game2');
}
`,
        { build: true },
      );
      const { status, answer } = await reload(cluster);
      assert.equal(status, 422);
      assert.equal(answer.nodes.game1?.ok, true);
      assert.deepEqual(answer.nodes.game2?.failures, [{ file: project.path('app/text.ts'), line: 5, message: 'Error: not in game2' }]);
      assert.equal((await player.request(300)).text, 'first text 1');
      assert.equal((await player.request(301)).text, 'first text 1');
      assert.deepEqual(await versions(cluster), before);
    });
  });

  it('can be done again and again under load without a failed request', async () => {
    await withCluster(async (project, cluster, player) => {
      let running = true;
      let asked = 0;
      const load = (async () => {
        while (running) {
          const answers = await Promise.all(Array.from({ length: 8 }, () => player.request(300)));
          for (const { text } of answers) assert.match(text, /^(first text|text \d+) \d+$/);
          asked += answers.length;
        }
      })();
      for (let round = 0; round < 10; round++) {
        project.edit('app/text.ts', `export const text = 'text ${round}';\n`, { build: true });
        assert.equal((await reload(cluster)).status, 200);
      }
      running = false;
      await load;
      assert.ok(asked > 0);
    });
  });
});
