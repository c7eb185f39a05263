/** README.md does what it says: its new command and its new system, taken from the page, reach a player on an open connection. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { operate } from '../helpers/operations';
import { Project } from '../helpers/project';
import { compile } from './compile';
import { blockFor, blocksOf, ROOT, readPage, sectionOf } from './page';

const PAGE = readPage('README.md');

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** A copy of the sample game, as a user has it who began with one. */
function copyOfGame(): Project {
  const project = new Project({ 'config.json': read('config.json') });
  cpSync(join(ROOT, 'app'), project.path('app'), { recursive: true });
  return project;
}

/** New files are the page's blocks; of files that are there, a block is put behind its own first line, or at the end. */
interface Edits {
  readonly made: readonly string[];
  readonly longer: readonly string[];
  readonly behindItsLine: readonly string[];
}

const COMMAND_EDITS: Edits = {
  made: ['app/game/hello.ts'],
  longer: ['app/gameserver.ts'],
  behindItsLine: ['app/share/commands.ts'],
};
const SYSTEM_EDITS: Edits = {
  made: ['app/game/well/rules.ts', 'app/game/well/handlers.ts', 'app/dbfront/migrations/0100_well.ts'],
  longer: ['app/share/tables.ts', 'app/dbfront/migrations/index.ts', 'app/gameserver.ts'],
  behindItsLine: ['app/share/texts/en.ts', 'app/share/commands.ts'],
};

/** Does what a section of the page says, and builds. */
function follow(project: Project, heading: string, { made, longer, behindItsLine }: Edits): void {
  const section = sectionOf(PAGE, heading);
  const now = (file: string) => readFileSync(project.path(file), 'utf8');
  for (const file of made) project.edit(file, blockFor(section, file));
  for (const file of longer) project.edit(file, `${now(file)}${blockFor(section, file)}`);
  for (const file of behindItsLine) {
    const block = blockFor(section, file);
    const [line = ''] = block.split('\n');
    assert.ok(now(file).includes(`${line}\n`), `${file} has the line ${line}`);
    project.edit(file, now(file).replace(`${line}\n`, block));
  }
  compile(project);
}

describe('README.md', () => {
  it('adds a command with a reload, then a system with its table by restarts, all on one open connection', async () => {
    using project = copyOfGame();
    await using cluster = await startCluster(project.path('config.json'));
    await using player = await connectClient({ port: cluster.port(11009), deadlineMs: 30_000 });
    const ask = async (command: number, request: object = {}) => JSON.parse((await player.request(command, request)).text);
    const { data } = await ask(101, { username: 'firefly', password: 'firefly' });
    const role = await ask(102, { userId: data.userId, rolename: 'firefly', profession: 1 });
    await ask(103, { userId: data.userId, characterId: role.data.newCharacterId });
    assert.equal((await ask(106)).result, false);

    follow(project, 'Add a command', COMMAND_EDITS);
    const reload = await cluster.get('/reload');
    assert.equal(reload.status, 200, reload.text);
    const hello = JSON.parse(/<- {2}106 .* (\{.*\})$/m.exec(PAGE)?.[1] ?? '');
    assert.deepEqual(await ask(106), hello);

    follow(project, 'Add a table, and a system', SYSTEM_EDITS);
    const restarted = Array.from(sectionOf(PAGE, 'Add a table, and a system').matchAll(/firefly restart (\w+)/g), ([, node]) => node);
    assert.ok(restarted.length > 0);
    for (const node of restarted) assert.equal((await operate(cluster, `/restart?node=${node}`)).state, 'done', node);
    const [first, second] = [...PAGE.matchAll(/^-> 9100 +<- (\{.*\})$/gm)].map(([, answer = '']) => JSON.parse(answer));
    assert.ok(first && second);
    assert.deepEqual(await ask(9100), first);
    assert.deepEqual(await ask(9100), second);

    const restarts = (await cluster.status()).nodes.game1?.restarts ?? 0;
    await cluster.kill('game1');
    await cluster.waitFor(async () => ((await cluster.status()).nodes.game1?.restarts ?? 0) > restarts, 'restart of game1');
    await cluster.whenReady(['game1']);
    const status = await cluster.waitFor(async () => {
      const answer = await ask(105);
      return answer.result ? answer : undefined;
    }, 'the player back on the node that was restarted');
    assert.equal(status.data.coin, 10_100);
    assert.deepEqual(await ask(9100), second);
    assert.deepEqual(await ask(106), hello);
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
