/** The admin node's figures and its search on MariaDB, whose answers have types and an order of their own. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectClient } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { gameWithPast, PAST_DAYS } from '../../helpers/gamepast';
import { http } from '../../helpers/http';
import type { Project } from '../../helpers/project';
import { type FreshDatabase, freshMysql, sharedMemcached } from '../../helpers/services';

const DAY_MS = 86_400_000;

let database: FreshDatabase;
let project: Project;
let cluster: Cluster;
before(async () => {
  database = await freshMysql();
  const { host, port, user, password, database: db } = database.config;
  const stores = { db: { host, port, user, db }, memcached: { urls: [await sharedMemcached()], hostname: db } };
  project = gameWithPast(stores, 'config.mysql.json');
  // The journal and the database belong together.
  cluster = await startCluster(project.path('config.json'), { env: { FIREFLY_DB_PASSWORD: password }, dataDir: project.path('data') });
});
after(async () => {
  await cluster?.[Symbol.asyncDispose]();
  project?.[Symbol.dispose]();
  await database?.drop();
});

const get = async (path: string) => (await http({ port: cluster.port(2012), path, deadlineMs: 30_000 })).json();
const days = async (page: number) => (await get(`/dayrecored?index=${page}`)) as Record<string, number | string>[];

async function register(name: string, rolename?: string): Promise<void> {
  await using player = await connectClient({ port: cluster.port(11009), deadlineMs: 30_000 });
  const login = JSON.parse((await player.request(101, { username: name, password: name })).text);
  assert.equal(login.result, true, `${name}: ${login.message}`);
  if (!rolename) return;
  const { result, message } = JSON.parse((await player.request(102, { rolename, profession: 1 })).text);
  assert.equal(result, true, `${rolename}: ${message}`);
}

describe('the admin node on MariaDB', () => {
  it('works a day out from what was counted, paid and spent', async () => {
    const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
    const day = [...(await days(1)), ...(await days(2))].find(({ recorddate }) => recorddate === yesterday);
    assert.ok(day);
    const { id, recorddate: _, ...figures } = day;
    assert.equal(id, Number(yesterday.replaceAll('-', '')));
    assert.deepEqual(figures, {
      high: 335,
      onlineaverage: 189,
      onlinetotal: 189 * 1440,
      createrole: 177,
      loginuser: 729,
      pay_goal: 72_400,
      pay_cnt: 24,
      f_arpu: 72_400 / 24,
      z_arpu: 72_400 / 177,
      pay_rate: 3,
      r_rate: 411,
      cons_goal: 420,
      user_cnt: 5,
    });
  });

  it('has ten days on each page, the newest first, and none twice', async () => {
    const pages = await Promise.all([1, 2, 3, 4, 5, 6].map(days));
    assert.deepEqual(
      pages.slice(0, 4).map(({ length }) => length),
      [10, 10, 10, 10],
    );
    const dates = pages.flat().map(({ recorddate }) => String(recorddate));
    assert.deepEqual(dates, [...new Set(dates)].sort().reverse());
    assert.ok(dates.length >= PAST_DAYS);
  });

  it('finds players by the beginning of either name, once each, and writes nothing of a password', async () => {
    await register('adele', 'Queen 王');
    await register('adrian', 'adele the 2nd');
    await register('Adamas');
    await register('zoe-zoe', '龍龍');
    const names = async (name: string) =>
      ((await get(`/players?name=${encodeURIComponent(name)}`)) as { username: string }[]).map(({ username }) => username);
    assert.deepEqual(await names('ad'), ['adele', 'adrian']);
    assert.deepEqual(await names('adele'), ['adele', 'adrian']);
    assert.deepEqual(await names('Queen 王'), ['adele']);
    assert.deepEqual(await names('龍'), ['zoe-zoe']);
    for (const nobody of ['%', '_dele', "' OR '1'='1", 'dele']) assert.deepEqual(await names(nobody), [], nobody);
    const [adam] = (await get('/players?name=Adam')) as Record<string, unknown>[];
    const { lastonline, userId, ...rest } = adam ?? {};
    assert.ok(Number(userId) > 0, String(userId));
    assert.match(String(lastonline), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    const none = { nickname: null, level: null, coin: null, gold: null };
    assert.deepEqual(rest, { username: 'Adamas', isBanned: false, characterId: 0, ...none });
    assert.equal((await http({ port: cluster.port(2012), path: '/players' })).status, 400);
  });
});
