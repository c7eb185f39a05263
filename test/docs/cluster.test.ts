/** The game of docs/cluster.md is a game that runs: its blocks, taken from the page, make one cluster. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../../tools/lib/wait';
import { connectClient, type Frame, ZERO_HEADER } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { Project } from '../helpers/project';
import { compile } from './compile';
import { blockFor, readPage } from './page';

const PAGE = readPage('docs/cluster.md');
const FILES = ['config.json', 'app/net.ts', 'app/gate.ts', 'app/game.ts'];

describe('the game with two gates', () => {
  it('lets an account in once, and brings what one says to all, through any gate and any net node', async () => {
    using project = new Project(Object.fromEntries(FILES.map((file) => [file, blockFor(PAGE, file)])));
    compile(project);
    await using cluster = await startCluster(project.path('config.json'));
    const connect = async (port: number) => {
      const pushes: Frame[] = [];
      const client = await connectClient({ port: cluster.port(port), header: ZERO_HEADER, onPush: (frame) => pushes.push(frame) });
      return { client, pushes };
    };
    // Four of them: each gate has some of each net node.
    const [ada, bob, ...others] = [await connect(11009), await connect(11009), await connect(11010), await connect(11010)];
    for (const [name, { client }] of Object.entries({ ada, bob })) assert.equal((await client.request(100, name)).text, 'welcome');
    ada.client.send(201, 'hello');
    await waitFor(() => ada.pushes.length === 1, 'what ada said');
    bob.client.send(201, 'hi');
    for (const { pushes } of [ada, bob]) await waitFor(() => pushes.some(({ text }) => text === 'bob: hi'), 'what bob said');

    for (const { client } of others) assert.equal((await client.request(100, 'ada')).text, 'welcome');
    const [third, last] = others;
    for (const ended of [ada, third]) {
      await ended?.client.closed;
      assert.deepEqual(ended?.pushes.at(-1)?.text, 'logged in elsewhere');
    }
    last?.client.send(201, 'it is me');
    await waitFor(() => last?.pushes.some(({ text }) => text === 'ada: it is me'), 'what ada says now');
    for (const { client } of [ada, bob, ...others]) await client.close();
  });
});
