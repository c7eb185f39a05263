/** What cannot be started says so in one line, ends with exit code 2 and has started nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { processesWith } from '../../tools/lib/processes';
import { ByHand } from '../helpers/byhand';
import { startCluster } from '../helpers/cluster';
import { claimPorts } from '../helpers/ports';
import { twoGames } from '../helpers/project';

const EXAMPLE = 'test/fixtures/firefly-example/config.json';
const PORTS = [9998, 9999, 10000, 10001];

/** Runs it to its end and expects it to be refused with these lines. */
async function refused(args: readonly string[], lines: readonly RegExp[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'firefly-refused-'));
  try {
    await using run = new ByHand(args, { FIREFLY_DATA_DIR: dataDir, ...env });
    assert.equal(await run.ended(), 2, run.lines.join('\n'));
    const errors = run.errors.filter((line) => !line.includes('is given twice with the same value'));
    assert.equal(errors.length, lines.length, run.errors.join('\n'));
    for (const [at, line] of lines.entries()) assert.match(errors[at] ?? '', line);
    assert.deepEqual(run.lines, run.errors, 'nothing on standard output');
    assert.deepEqual(processesWith('FIREFLY_DATA_DIR', dataDir), []);
    assert.equal(existsSync(join(dataDir, 'grants.json')), false);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const startmaster = (config: string, ...args: string[]) => ['startmaster.js', '--config', config, ...args];

function configFile(text: string): Disposable & { readonly path: string } {
  const dir = mkdtempSync(join(tmpdir(), 'firefly-config-'));
  const path = join(dir, 'config.json');
  writeFileSync(path, text);
  return { path, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

describe('a config that cannot be used', () => {
  it('such as one that is not there is refused by every way to start', async () => {
    const missing = [/nowhere\.json/];
    await Promise.all([
      refused(startmaster('nowhere.json'), missing),
      refused(startmaster('nowhere.json', 'master'), missing),
      refused(startmaster('nowhere.json', 'single', 'gate'), missing),
      refused(['appmain.js', 'gate', 'nowhere.json'], missing),
    ]);
  });

  it('gets one line for each mistake', async () => {
    using config = configFile('{\n"master": { "rootport": "9999", "webport": 9998 },\n"servers": { "net": { "netport": 9998 } } }\n');
    const lines = [
      /config\.json:2 master\.rootport .* write it without the quotes/,
      /config\.json:3 servers\.net\.netport is 9998, which is also master\.webport/,
    ];
    await Promise.all([refused(startmaster(config.path), lines), refused(startmaster(config.path, 'single', 'net'), lines)]);
  });

  it('such as one with a module that is not there names it', async () => {
    using config = configFile('{ "master": { "rootport": 9999, "webport": 9998 }, "servers": { "game": { "app": "app.game" } } }');
    await refused(startmaster(config.path), [/servers\.game\.app is "app\.game", but there is no/]);
  });

  it('has no node of that name: the names it has are told', async () => {
    const unknown = [/there is no node gaet; its nodes are gate, net, game1/];
    await Promise.all([
      refused(['appmain.js', 'gaet', EXAMPLE], unknown),
      refused(startmaster(EXAMPLE, 'single', 'gaet'), unknown),
      refused(['appmain.js'], [/usage: node appmain\.js NODE \[CONFIG\]/]),
    ]);
  });
});

describe('a port that somebody else holds', () => {
  it('is refused by the node that needs it, and by the cluster before any node is started', async () => {
    using project = twoGames();
    project.configure({ limits: { redialMaxMs: 100 } });
    const path = project.path('config.json');
    await using ports = await claimPorts(PORTS);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset) };
    const stranger = createServer();
    stranger.listen(10000 + ports.offset, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const taken = [/servers\.gate\.rootport is \d+, which is in use on 127\.0\.0\.1 by process \d+ \(.*\); stop what listens there/];
      await refused(['appmain.js', 'gate', path], taken, env);
      await refused(startmaster(path, 'single', 'gate'), taken, env);
      await using run = new ByHand(startmaster(path), { ...env, FIREFLY_DATA_DIR: project.path('data') });
      assert.equal(await run.ended(), 2);
      assert.match(run.errors.join('\n'), taken[0] ?? /$^/);
      assert.match(run.lines.join('\n'), /ports are in use; waiting 1100 ms for nodes of this cluster that run already/);
      assert.deepEqual(processesWith('FIREFLY_DATA_DIR', project.path('data')), []);
    } finally {
      stranger.close();
    }
  });

  it('is what a second master says, and the first goes on', async () => {
    await using cluster = await startCluster(EXAMPLE);
    const taken = [/master\.rootport is \d+, which is in use/, /master\.webport is \d+, which is in use/];
    const env = { FIREFLY_PORT_OFFSET: String(cluster.offset) };
    await Promise.all([refused(startmaster(EXAMPLE), taken, env), refused(startmaster(EXAMPLE, 'master'), taken, env)]);
    await refused(['appmain.js', 'gate', EXAMPLE], [/servers\.gate\.rootport is \d+, which is in use/], env);
    const { nodes } = await cluster.status();
    assert.deepEqual(
      Object.values(nodes).map(({ state, restarts }) => ({ state, restarts })),
      Array(3).fill({ state: 'ready', restarts: 0 }),
    );
  });
});

describe('the files of a cluster', () => {
  it("are one cluster's: another on the same folder is refused, until the first has stopped or was killed", async () => {
    using project = twoGames();
    const dataDir = project.path('data');
    await using ports = await claimPorts(PORTS);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_DATA_DIR: dataDir };
    const second = async () => {
      await using run = new ByHand(startmaster(project.path('config.json')), env);
      return { exit: await run.ended(), text: run.lines.join('\n') };
    };
    {
      await using first = await startCluster(project.path('config.json'), { dataDir });
      const { exit, text } = await second();
      assert.equal(exit, 2, text);
      assert.match(text, new RegExp(`^the data folder .* is in use by another cluster: process ${first.pid}, .*FIREFLY_DATA_DIR$`));
      assert.equal((await first.status()).nodes.game1?.restarts, 0);
      // Killed at the end of this block.
    }
    await using cluster = await startCluster(project.path('config.json'), { dataDir });
    assert.equal(await cluster.stop(), 0);
    assert.equal(existsSync(project.path('data/master')), false);
  });

  it('that are damaged stop the master with one line', async () => {
    using project = twoGames();
    project.edit('data/grants.json', 'not json');
    await using ports = await claimPorts(PORTS);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_DATA_DIR: project.path('data') };
    await using run = new ByHand(startmaster(project.path('config.json')), env);
    assert.equal(await run.ended(), 1);
    assert.equal(run.lines.length, 1, run.lines.join('\n'));
    assert.match(run.errors[0] ?? '', /grants\.json is damaged; stop all nodes and delete it/);
  });
});
