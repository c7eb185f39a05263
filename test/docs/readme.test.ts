/** README.md does what it says: its new command, taken from the page, reaches a player on an open connection. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { Project } from '../helpers/project';
import { compile } from './compile';
import { blockFor, blocksOf, ROOT, readPage } from './page';

const PAGE = readPage('README.md');
const COMMAND = 106;

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** A copy of the sample game, as a user has it who began with one. */
function copyOfGame(): Project {
  const project = new Project({ 'config.json': read('config.json') });
  cpSync(join(ROOT, 'app'), project.path('app'), { recursive: true });
  return project;
}

/** The three edits of the page. */
function addCommand(project: Project): void {
  project.edit('app/game/hello.ts', blockFor(PAGE, 'app/game/hello.ts'));
  project.edit('app/gameserver.ts', `${read('app/gameserver.ts')}${blockFor(PAGE, 'app/gameserver.ts')}`);
  const line = blockFor(PAGE, 'app/share/commands.ts').trim();
  const [declaration = ''] = line.split(' = ');
  const before = read('app/share/commands.ts');
  const after = before.replace(new RegExp(`^${declaration.replaceAll(/[<>]/g, '.')} = .*$`, 'm'), line);
  assert.notEqual(after, before);
  project.edit('app/share/commands.ts', after);
}

describe('README.md', () => {
  it('adds a command to the running game with one reload, on an open connection', async () => {
    using project = copyOfGame();
    await using cluster = await startCluster(project.path('config.json'));
    await using player = await connectClient({ port: cluster.port(11009) });
    const ask = async (command: number, request: object) => JSON.parse((await player.request(command, request)).text);
    const { data } = await ask(101, { username: 'firefly', password: 'firefly' });
    const role = await ask(102, { userId: data.userId, rolename: 'firefly', profession: 1 });
    await ask(103, { userId: data.userId, characterId: role.data.newCharacterId });
    assert.equal((await ask(COMMAND, {})).result, false);

    addCommand(project);
    compile(project);
    const reload = await cluster.get('/reload');
    assert.equal(reload.status, 200, reload.text);

    const shown = /<- {2}106 .* (\{.*\})$/m.exec(PAGE)?.[1] ?? '';
    assert.deepEqual(await ask(COMMAND, {}), JSON.parse(shown));

    await cluster.kill('game1');
    await cluster.waitFor(async () => (await cluster.status()).nodes.game1?.restarts === 1, 'restart of game1');
    await cluster.whenReady(['game1']);
    const again = await cluster.waitFor(async () => {
      const answer = await ask(COMMAND, {});
      return answer.result ? answer : undefined;
    }, 'the player back on the node that was restarted');
    assert.deepEqual(again, JSON.parse(shown));
  });

  it('names only commands and files that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const commands = blocksOf(PAGE)
      .filter(({ language }) => language === 'sh')
      .map(({ text }) => text);
    for (const [, script = ''] of `${PAGE}\n${commands.join()}`.matchAll(/npm run ([\w:]+)/g)) assert.ok(scripts[script], script);
    for (const [, file = ''] of PAGE.matchAll(/^(\w+(?:\.\w+)+) {2}/gm)) assert.ok(read(file), file);
  });
});
