/** Data tables reload with the code, all or nothing: modules, `.json` files that modules require, and section `game` of the config. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ReloadWorld } from './world';

const FILES = {
  'app/data/levels.ts': 'export const LEVELS = [1, 2, 3];\n',
  'app/data/items.json': '{ "sword": 10 }\n',
  'app/game.ts': `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
import { LEVELS } from './data/levels';
const items: Record<string, number> = require('./data/items.json');
const { season = 0 } = (GlobalObject().config.game ?? {}) as { season?: number };
remoteserviceHandle('gate')(function answer() { return \`\${LEVELS.length} levels, sword \${items.sword}, season \${season}\`; });
`,
};

describe('data tables', () => {
  it('of all kinds take over in one step with the code', async () => {
    await using world = await ReloadWorld.start(FILES, { game: { season: 1 } });
    const player = await world.player();
    const answers = async () => [(await player.request(300)).text, (await player.request(301)).text];
    assert.deepEqual(await answers(), Array(2).fill('3 levels, sword 10, season 1'));
    const before = await world.versions();
    world.edit('app/data/levels.ts', 'export const LEVELS = [1, 2, 3, 4];\n');
    world.edit('app/data/items.json', '{ "sword": 12 }\n');
    world.project.configure({ game: { season: 2 } });
    assert.deepEqual(await answers(), Array(2).fill('3 levels, sword 10, season 1'));
    await world.reloaded();
    assert.deepEqual(await answers(), Array(2).fill('4 levels, sword 12, season 2'));
    assert.notEqual((await world.versions()).game1, before.game1);
  });

  it('that are no JSON refuse the reload, with file and line, and nothing of it shows', async () => {
    await using world = await ReloadWorld.start(FILES);
    const player = await world.player();
    world.edit('app/data/levels.ts', 'export const LEVELS = [1, 2, 3, 4];\n');
    world.edit('app/data/items.json', '{\n  "sword": 12,\n  "bow": ten\n}\n');
    const { status, answer } = await world.reload();
    assert.equal(status, 422);
    assert.equal(answer.changed, false);
    const failure = answer.nodes.game1?.failures?.[0];
    assert.deepEqual([failure?.file, failure?.line], [world.project.path('app/data/items.json'), 3]);
    assert.match(failure?.message ?? '', /is not valid JSON/);
    assert.equal((await player.request(300)).text, '3 levels, sword 10, season 0');
    world.edit('app/data/items.json', '{ "sword": 12 }\n');
    await world.reloaded();
    assert.equal((await player.request(300)).text, '4 levels, sword 12, season 0');
  });

  it('of the config: a mistake in the file refuses the reload, naming its line; what else has changed there is said', async () => {
    await using world = await ReloadWorld.start(FILES, { game: { season: 1 }, limits: { rpcDeadlineMs: 9_000 } });
    const player = await world.player();
    const good = readFileSync(world.project.path('config.json'), 'utf8');
    world.project.edit('config.json', '{\n "master": {},\n');
    const { status, answer } = await world.reload();
    assert.equal(status, 422);
    assert.match(answer.message, /^the config cannot be used; nothing was changed: .*config\.json:2 is not valid JSON/);
    assert.equal((await player.request(300)).text, '3 levels, sword 10, season 1');
    world.project.edit('config.json', good);
    assert.equal((await world.reloaded()).message, 'all nodes run the new code');
    world.project.configure({ game: { season: 3 }, limits: { rpcDeadlineMs: 8_000 } });
    assert.match(
      (await world.reloaded()).message,
      /^all nodes run the new code; .*config\.json has also changed in limits: that takes a restart/,
    );
    assert.equal((await player.request(300)).text, '3 levels, sword 10, season 3');
  });

  it('of the config are those of now in a node that is started again', async () => {
    await using world = await ReloadWorld.start(FILES, { game: { season: 1 } });
    const player = await world.player();
    world.project.configure({ game: { season: 4 } });
    await world.reloaded();
    await world.cluster.kill('game1');
    await world.cluster.waitFor(async () => (await world.cluster.status()).nodes.game1?.restarts === 1, 'restart of game1');
    await world.cluster.whenReady(['game1']);
    assert.match((await player.request(300)).text, /season 4$/);
    const versions = await world.versions();
    assert.equal(versions.game1, versions.game2);
  });
});
