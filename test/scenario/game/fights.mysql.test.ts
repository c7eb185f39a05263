/** What players have fought for is there after a restart, when nothing of it lies in memory: on MariaDB. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { connectClient, type GameClient } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { Project } from '../../helpers/project';
import { freshMysql, sharedMemcached } from '../../helpers/services';

const ROOT = resolve(__dirname, '../../..');
const FORMATION = 2306;
const CHANGE_FORMATION = 2307;
const ARENA = 3700;
const ARENA_FIGHT = 3704;
const ARENA_LOG = 3706;
const CAMPAIGN = 4500;
const CAMPAIGN_FIGHT = 4501;

it('ranks, fights, chapters and formations are what they were after a restart on MariaDB', async () => {
  const database = await freshMysql();
  const { host, port, user, password, database: db } = database.config;
  const config = JSON.parse(readFileSync(join(ROOT, 'config.mysql.json'), 'utf8'));
  Object.assign(config.db, { host, port, user, db });
  config.memcached = { urls: [await sharedMemcached()], hostname: db };
  using project = new Project({ 'config.json': JSON.stringify(config) });
  project.link('app', join(ROOT, 'app'));
  const boot = () => startCluster(project.path('config.json'), { env: { FIREFLY_DB_PASSWORD: password }, dataDir: project.path('data') });

  const ask = async (client: GameClient, command: number, request: object = {}) => {
    const reply = JSON.parse((await client.request(command, request)).text);
    assert.equal(reply.result, true, `${command}: ${JSON.stringify(reply)}`);
    return reply.data;
  };
  const enter = async (client: GameClient, name: string): Promise<number> => {
    const { hasRole, characterId: known } = await ask(client, 101, { username: name, password: name });
    const characterId = hasRole ? known : (await ask(client, 102, { rolename: name, profession: 1 })).newCharacterId;
    await ask(client, 103, { characterId });
    return characterId;
  };
  const standing = async (client: GameClient) => {
    const { ranking, dsList } = await ask(client, ARENA);
    const { loglist } = await ask(client, ARENA_LOG);
    return [ranking, dsList, loglist, await ask(client, CAMPAIGN, { index: 0 }), await ask(client, FORMATION)];
  };

  try {
    let before: unknown;
    {
      await using cluster = await boot();
      await using first = await connectClient({ port: cluster.port(11009), deadlineMs: 30_000 });
      await using second = await connectClient({ port: cluster.port(11009), deadlineMs: 30_000 });
      const tid = await enter(first, 'first');
      await enter(second, 'second');
      await ask(first, ARENA);
      await ask(second, ARENA_FIGHT, { tid });
      await ask(second, CAMPAIGN_FIGHT, { zjid: 1000 });
      await ask(second, CHANGE_FORMATION, { petId: 0, chatype: 1, operType: 2, fromPos: 5, toPos: 9 });
      before = await standing(second);
      await cluster.stop();
    }
    await using cluster = await boot();
    await using second = await connectClient({ port: cluster.port(11009), deadlineMs: 30_000 });
    await enter(second, 'second');
    assert.deepEqual(await standing(second), before);
    await ask(second, CAMPAIGN_FIGHT, { zjid: 1001 });
    assert.equal((await ask(second, CAMPAIGN, { index: 0 })).cityid, 1002);
  } finally {
    await database.drop();
  }
});
