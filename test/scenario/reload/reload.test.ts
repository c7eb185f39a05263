import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { type Project, twoGames } from '../../helpers/project';

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
      project.edit('app/text.ts', "export const text = 'other';\n", { build: true });
      assert.equal((await reload(cluster, '/reloadmodule')).status, 200, "Firefly's path");
      assert.equal((await player.request(300)).text, 'other 3');
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

  it('is refused while another one is under way, and the first goes through', async () => {
    await withCluster(async (project, cluster, player) => {
      project.edit('app/text.ts', `const end = Date.now() + 300;\nwhile (Date.now() < end);\nexport const text = 'slow text';\n`, {
        build: true,
      });
      const first = reload(cluster);
      const second = await cluster.waitFor(async () => {
        const outcome = await reload(cluster);
        return outcome.status === 200 ? undefined : outcome;
      }, 'a refusal');
      assert.equal(second.status, 409);
      assert.deepEqual(second.answer, {
        ok: false,
        changed: false,
        message: 'a reload is under way; try again when it has ended',
        nodes: {},
      });
      assert.equal((await first).status, 200);
      assert.match((await player.request(300)).text, /^slow text/);
    });
  });

  it('is refused while a node is starting', async () => {
    using project = twoGames();
    project.edit('app/late.ts', "import { onStart } from 'firefly-ts';\nonStart(() => new Promise(() => {}));\n", { build: true });
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({ servers: { ...servers, late: { app: 'app.late' } }, supervise: { shutdownMs: 500 } });
    await using cluster = await startCluster(project.path('config.json'), { ready: ['gate'] });
    await cluster.waitFor(async () => (await cluster.status()).nodes.late?.state === 'starting', 'late starting');
    const { status, answer } = await reload(cluster);
    assert.equal(status, 409);
    assert.match(answer.message, /late is starting; try again then/);
  });

  it('says which node died in the middle of it; that node comes back with the new code', async () => {
    await withCluster(async (project, cluster, player) => {
      const dying =
        "import { onUnload } from 'firefly-ts';\nexport const text = 'dying text';\nif (process.argv[2] === 'game2') onUnload(() => process.kill(process.pid, 'SIGKILL'));\n";
      project.edit('app/text.ts', dying, { build: true });
      assert.equal((await reload(cluster)).status, 200);
      project.edit('app/text.ts', "export const text = 'last text';\n", { build: true });
      const { status, answer } = await reload(cluster);
      assert.equal(status, 500);
      assert.match(answer.message, /the new code runs, but game2 went away meanwhile/);
      assert.equal(answer.nodes.game1?.ok, true);
      assert.equal(answer.nodes.game2?.ok, false);
      await cluster.waitFor(async () => /^last text/.test((await player.request(301)).text), 'game2 with the new code');
      assert.match((await player.request(300)).text, /^last text/);
    });
  });

  it('changes nothing anywhere when a node does not answer, and works again when it does', async () => {
    using project = twoGames();
    project.configure({ limits: { heartbeatMs: 200, deadAfterMs: 600, redialMaxMs: 300 } });
    await using cluster = await startCluster(project.path('config.json'));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    project.edit('app/text.ts', "export const text = 'new text';\n", { build: true });
    await cluster.kill('game2', 'SIGSTOP');
    const { status, answer } = await reload(cluster);
    assert.equal(status, 422);
    assert.match(answer.nodes.game2?.failures?.[0]?.message ?? '', /game2 is down/);
    assert.equal((await player.request(300)).text, 'first text 1');
    const silent = await reload(cluster);
    assert.deepEqual([silent.status, silent.answer.message], [409, 'game2 cannot be reached; try again later']);
    await cluster.kill('game2', 'SIGCONT');
    await cluster.waitFor(async () => (await reload(cluster)).status === 200, 'a reload of all');
    assert.equal((await player.request(301)).text, 'new text 1');
    player.close();
  });

  it('of a part leaves the other modules alone', async () => {
    using project = twoGames();
    project.edit(
      'app/parts.ts',
      "import './text';\nimport { remoteserviceHandle } from 'firefly-ts';\nimport { text } from './text';\nremoteserviceHandle('gate')(function answer() { return text; });\n",
      { build: true },
    );
    project.edit(
      'app/whole.ts',
      "import { remoteserviceHandle } from 'firefly-ts';\nremoteserviceHandle('gate')(function other() { return 'other'; });\n",
      { build: true },
    );
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({ servers: { ...servers, game1: { ...servers.game1, app: 'app.whole', reload: 'app.parts' } } });
    await using cluster = await startCluster(project.path('config.json'));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    assert.equal((await player.request(300)).text, 'first text');
    project.edit('app/text.ts', "export const text = 'part';\n", { build: true });
    project.edit('app/whole.ts', "throw new Error('not loaded');\n", { build: true });
    assert.equal((await reload(cluster)).status, 200);
    assert.equal((await player.request(300)).text, 'part');
    player.close();
  });
});

describe('a reload changes nothing anywhere', () => {
  let project: Project;
  let cluster: Cluster;
  let player: GameClient;
  before(async () => {
    project = twoGames();
    cluster = await startCluster(project.path('config.json'));
    player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
  });
  beforeEach(() => project.edit('app/text.ts', "export const text = 'first text';\n", { build: true }));
  after(async () => {
    player.close();
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  it('when the source was edited and not built', async () => {
    const before = await versions(cluster);
    project.edit('app/text.ts', "export const text = 'first text';\nexport const broken: number = ;\n");
    const { status, answer } = await reload(cluster);
    assert.equal(status, 422);
    const failure = answer.nodes.game2?.failures?.[0];
    assert.equal(failure?.file, project.path('app/text.ts'));
    assert.equal(failure?.line, 2);
    assert.match(failure?.message ?? '', /build first/);
    assert.match((await player.request(300)).text, /^first text \d+$/);
    assert.deepEqual(await versions(cluster), before);
  });

  it('when an emitted file is broken', async () => {
    const emitted = project.path('app/text.js');
    writeFileSync(emitted, `${readFileSync(emitted, 'utf8')}\nconst = 1;\n`);
    const { status, answer } = await reload(cluster);
    assert.equal(status, 422);
    const failure = answer.nodes.game1?.failures?.[0];
    assert.equal(failure?.file, emitted);
    assert.ok((failure?.line ?? 0) > 1);
    assert.match(failure?.message ?? '', /SyntaxError/);
    assert.match((await player.request(300)).text, /^first text \d+$/);
  });

  it('when a module throws in the second of two game nodes', async () => {
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
    assert.match((await player.request(300)).text, /^first text \d+$/);
    assert.match((await player.request(301)).text, /^first text \d+$/);
    assert.deepEqual(await versions(cluster), before);
  });
});
