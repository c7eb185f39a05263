/** How a node ended is there for whoever looks later: while it is down, and once it is back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import type { Project } from '../../helpers/project';
import { runAlone } from '../../management/support';
import { nodeOf, supervised } from '../supervision/world';

/** Dies of what it is asked for. */
const GAME = `
import { remoteserviceHandle } from 'firefly-ts';
remoteserviceHandle('gate')(function answer(data: Buffer) {
  if (data.toString() === 'die') setImmediate(() => { throw new RangeError('a purse below zero'); });
  return 'game';
});
`;

describe('a node that has died', () => {
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    project = supervised({ game: GAME });
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({
      servers: {
        ...servers,
        game1: { ...servers.game1, log: 'logs/game1.log' },
        game2: { ...servers.game2, restart: 'temporary' },
      },
    });
    cluster = await startCluster(project.path('config.json'));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    await Promise.allSettled([player.request(300, 'die'), player.request(301, 'die')]);
    player.close();
    const isOver = async () => {
      const [game1, game2] = [await nodeOf(cluster, 'game1'), await nodeOf(cluster, 'game2')];
      return game1.restarts === 1 && game1.state === 'ready' && game2.state === 'exited';
    };
    await cluster.waitFor(isOver, 'game1 back and game2 gone', 30_000);
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });
  const firefly = async (...args: string[]) => {
    const ran = await runAlone(['--config', project.path('config.json'), ...args], cluster.environment);
    return { ...ran, text: [...ran.out, ...ran.errors].join('\n') };
  };

  it('and is back has its end in firefly status, with age, reason and what it said', async () => {
    const { text } = await firefly('status');
    assert.match(
      text,
      /\nended in the last 15 minutes:\n {2}\d+ s ago: game1, process \d+, failed with exit code 1: an exception that nobody caught; the node stops\n {4}.* game1 FATAL an exception/,
    );
  });

  it('and is back has its last lines before those of the new process in firefly logs', async () => {
    const { exit, text } = await firefly('logs', 'game1');
    assert.equal(exit, 0);
    assert.match(text, /^--- game1, process \d+, failed with exit code 1: .* ago; the last that it said:\n/);
    assert.match(text, /RangeError: a purse below zero[\s\S]*\n--- game1, the process that runs now:\n/);
  });

  it('and stays away is answered for by the last it said, with the place of the rest', async () => {
    const { exit, text } = await firefly('logs', 'game2');
    assert.equal(exit, 0);
    assert.match(text, /^--- game2, process \d+, failed with exit code 1: [\s\S]*RangeError: a purse below zero/);
    assert.match(text, /\n--- game2 is down \(it failed with exit code 1: .*\); its config names no file \("log"\), so what else it said/);
    await cluster.kill('game1', 'SIGSTOP');
    const page = (await cluster.get('/log?node=game1')).json() as { error: string; file: string };
    await cluster.kill('game1', 'SIGCONT');
    assert.equal(page.file, project.path('logs/game1.log'));
    assert.match(page.error, /all of its log is in .*logs\/game1\.log on its machine$/);
    assert.match((await firefly('logs')).text, /--- game2 is down/);
  });
});
