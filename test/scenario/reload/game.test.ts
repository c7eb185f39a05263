/** The sample game, reloaded: who plays goes on playing, tables of the database work in the new code, and the config's game section is the new one. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient, type GameClient } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { Project, variantOf } from '../../helpers/project';
import type { ReloadAnswer } from './world';

const ROOT = resolve(__dirname, '../../..');

interface Answer {
  readonly result: boolean;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

const ask = async (client: GameClient, command: number, request: object) =>
  JSON.parse((await client.request(command, request)).text) as Answer;

async function enter(client: GameClient, name: string): Promise<unknown> {
  const login = await ask(client, 101, { username: name, password: name });
  const userId = login.data?.userId;
  const role = await ask(client, 102, { userId, rolename: name, profession: 1 });
  const characterId = role.data?.newCharacterId;
  const entered = await ask(client, 103, { userId, characterId });
  assert.ok(login.result && role.result && entered.result, JSON.stringify([login, role, entered]));
  return characterId;
}

describe('the sample game', () => {
  it('goes on over a reload, and its new code reads and writes', async () => {
    using project = variantOf('config.json', { game: { language: 'en' } });
    await using cluster = await startCluster(project.path('config.json'));
    await using first = await connectClient({ port: cluster.port(11009) });
    const characterId = await enter(first, 'before');
    for (let round = 0; round < 2; round++) {
      const { status, text } = await http({ port: cluster.port(9998), path: '/reload', method: 'POST', deadlineMs: 30_000 });
      assert.equal(status, 200, text);
    }
    const bar = await ask(first, 105, { characterId });
    assert.ok(bar.result, JSON.stringify(bar));
    await using second = await connectClient({ port: cluster.port(11009) });
    const other = await enter(second, 'after');
    assert.notEqual(other, characterId);
    const { game } = project.config() as { game: object };
    project.configure({ game: { ...game, autoRegister: false } });
    assert.equal((await http({ port: cluster.port(9998), path: '/reload', method: 'POST', deadlineMs: 30_000 })).status, 200);
    await using third = await connectClient({ port: cluster.port(11009) });
    assert.equal((await ask(third, 101, { username: 'nobody', password: 'nobody' })).result, false);
    assert.ok((await ask(second, 105, { characterId: other })).result);
    project.configure({ game: { ...game, language: 'xx' } });
    const refused = await http({ port: cluster.port(9998), path: '/reload', method: 'POST', deadlineMs: 30_000 });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /\\"game\.language\\" must be \\"en\\" or \\"zh\\"/);
    assert.ok((await ask(second, 105, { characterId: other })).result);
  });

  it('refuses a table that is no JSON, or that does not fit, with the place of the mistake', async () => {
    const TABLE = 'app/data/tables/monsters.json';
    using project = new Project({ 'config.json': readFileSync(join(ROOT, 'config.json'), 'utf8') });
    cpSync(join(ROOT, 'app'), project.path('app'), { recursive: true });
    await using cluster = await startCluster(project.path('config.json'));
    const reload = async () => {
      const { status, json } = await http({ port: cluster.port(9998), path: '/reload', method: 'POST', deadlineMs: 30_000 });
      return { status, answer: json() as ReloadAnswer };
    };
    const good = readFileSync(project.path(TABLE), 'utf8');
    const before = (await cluster.status()).nodes.game1?.codeVersion;
    project.edit(TABLE, good.trimEnd().slice(0, -1));
    const broken = await reload();
    assert.equal(broken.status, 422);
    const [failure] = broken.answer.nodes.game1?.failures ?? [];
    assert.deepEqual([failure?.file, failure?.line], [project.path(TABLE), good.trimEnd().slice(0, -1).trimEnd().split('\n').length]);
    project.edit(TABLE, good.replace(/"(\w+)":/, '"noSuchField":'));
    const misfit = await reload();
    assert.equal(misfit.status, 422);
    assert.match(misfit.answer.nodes.game1?.failures?.[0]?.message ?? '', /BadData: data table monsters/);
    assert.equal((await cluster.status()).nodes.game1?.codeVersion, before);
    project.edit(TABLE, `${good}\n`);
    assert.equal((await reload()).status, 200);
    assert.notEqual((await cluster.status()).nodes.game1?.codeVersion, before);
  });
});
