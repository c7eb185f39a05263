/** The game that docs/from-firefly.md ports is a game that runs: its blocks, taken from the page, make one cluster. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { Project } from '../helpers/project';
import { compile } from './compile';
import { blockFor, readPage } from './page';

const PAGE = readPage('docs/from-firefly.md');
const FILES = ['config.json', 'app/dbfront.ts', 'app/gate.ts', 'app/net.ts', 'app/game.ts'];

describe('the ported game', () => {
  it('answers through net, gate and game, counts visits through a reload, and keeps rows', async () => {
    using project = new Project(Object.fromEntries(FILES.map((file) => [file, blockFor(PAGE, file)])));
    compile(project);
    await using cluster = await startCluster(project.path('config.json'));
    await using player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    assert.equal((await player.request(300, 'Ada')).text, 'Hello, Ada, visit 1');
    assert.equal((await cluster.get('/reload')).status, 200);
    assert.equal((await player.request(300, 'Ada')).text, 'Hello, Ada, visit 2');
    await player.request(301);
    assert.equal((await player.request(301)).text, '2 items, the last of 5, visit 4');
  });
});
