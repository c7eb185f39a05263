/** Accounts and roles when many want one at once, and how many may be made. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { connectClient, GAME_HEADER, type GameClient } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { type Project, variantOf } from '../../helpers/project';
import type { Reply } from './playground';

describe('accounts', () => {
  let project: Project;
  let cluster: Cluster;
  const clients: GameClient[] = [];
  before(async () => {
    project = variantOf('config.json', { game: { registrationsPerMinute: 12 } });
    cluster = await startCluster(project.path('config.json'));
  });
  after(async () => {
    for (const client of clients) await client.close();
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  const connect = async () => {
    const client = await connectClient({ port: cluster.port(11009), header: GAME_HEADER, deadlineMs: 30_000 });
    clients.push(client);
    return client;
  };
  const ask = async (client: GameClient, command: number, request: object): Promise<Reply> =>
    JSON.parse((await client.request(command, request)).text) as Reply;
  const logIn = async (client: GameClient, username: string, password = username) => ask(client, 101, { username, password });

  it('are made once, however many register one name at the same moment', async () => {
    const four = await Promise.all([1, 2, 3, 4].map(connect));
    const answers = await Promise.all(four.map((client) => logIn(client, 'wanted').catch(() => undefined)));
    const ids = new Set(answers.flatMap((answer) => (answer?.result ? [answer.data?.userId] : [])));
    assert.equal(ids.size, 1, JSON.stringify(answers));
    const again = await logIn(await connect(), 'wanted');
    assert.deepEqual([...ids], [again.data?.userId]);
  });

  it('get one role each, and one of several the name that all of them want at the same moment', async () => {
    const rivals = await Promise.all(['rival1', 'rival2', 'rival3'].map(async (name) => [await connect(), name] as const));
    for (const [client, name] of rivals) assert.equal((await logIn(client, name)).result, true);
    const create = (client: GameClient, rolename: string) => ask(client, 102, { rolename, profession: 1 });
    const answers = await Promise.all(rivals.map(([client]) => create(client, '独一')));
    assert.deepEqual(answers.map(({ result, message }) => (result ? 'made' : message)).sort(), ['made', 'yhm_yicunzai', 'yhm_yicunzai']);

    const [loser] = rivals[answers.findIndex(({ result }) => !result)] ?? [];
    assert.ok(loser);
    const twice = await Promise.all(['first', 'second'].map((name) => create(loser, name)));
    assert.deepEqual(twice.map(({ result, message }) => (result ? 'made' : message)).sort(), ['made', 'yijingchuangjian']);
  });

  it('have no password that opens all of them, nor one that is refused to everybody', async () => {
    assert.equal((await logIn(await connect(), 'wanted', 'crotaii')).message, 'psd_error');
    assert.equal((await logIn(await connect(), 'crotaii', 'crotaii')).result, true);
  });

  it('are no more in a minute than the config allows; those that are there may log in all the same', async () => {
    let refused: Reply | undefined;
    // A new minute may begin meanwhile.
    for (let at = 0; at < 60 && !refused; at++) {
      const answer = await logIn(await connect(), `crowd${at}`);
      if (!answer.result) refused = answer;
    }
    assert.deepEqual(refused, { result: false, message: en.tooManyRegistrations, data: {} });
    assert.equal((await logIn(await connect(), 'wanted')).result, true);
  });
});
