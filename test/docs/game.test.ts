/** docs/game.md: the command that it shows is the game's, and the system that it adds works as shown. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { Project } from '../helpers/project';
import { compile } from './compile';
import { blockFor, blocksOf, ROOT, readPage } from './page';

const PAGE = readPage('docs/game.md');
const NEW = ['app/game/well/rules.ts', 'app/game/well/handlers.ts', 'app/dbfront/migrations/0100_well.ts'];
const LONGER = ['app/share/tables.ts', 'app/dbfront/migrations/index.ts', 'app/gameserver.ts'];
/** Here the first line of the block is in the file, and the others follow it. */
const AFTER_ITS_LINE = ['app/share/texts/en.ts', 'app/share/commands.ts'];

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The game with the page's edits. */
function withWell(): Project {
  const project = new Project({ 'config.json': read('config.json') });
  cpSync(join(ROOT, 'app'), project.path('app'), { recursive: true });
  for (const file of NEW) project.edit(file, blockFor(PAGE, file));
  for (const file of LONGER) project.edit(file, `${read(file)}${blockFor(PAGE, file)}`);
  for (const file of AFTER_ITS_LINE) {
    const block = blockFor(PAGE, file);
    const [line = ''] = block.split('\n');
    assert.ok(read(file).includes(`${line}\n`), `${file} has the line ${line}`);
    project.edit(file, read(file).replace(`${line}\n`, block));
  }
  compile(project);
  return project;
}

describe('docs/game.md', () => {
  it('shows a command as it is', () => {
    const shown = blocksOf(PAGE).find(({ text }) => text.startsWith('playerCommand(COMPOUND,'));
    assert.ok(shown && read('app/game/compounding/handlers.ts').includes(shown.text));
  });

  it('adds a system that works as shown, over the death of a game node', async () => {
    using project = withWell();
    await using cluster = await startCluster(project.path('config.json'));
    await using player = await connectClient({ port: cluster.port(11009) });
    const ask = async (command: number, request: object = {}) => JSON.parse((await player.request(command, request)).text);
    const { data } = await ask(101, { username: 'drawer', password: 'drawer' });
    const role = await ask(102, { userId: data.userId, rolename: 'drawer', profession: 1 });
    await ask(103, { userId: data.userId, characterId: role.data.newCharacterId });
    const [first, second] = [...PAGE.matchAll(/^-> 9100 +<- (\{.*\})$/gm)].map(([, answer = '']) => JSON.parse(answer));
    assert.ok(first && second);
    assert.deepEqual(await ask(9100), first);
    assert.deepEqual(await ask(9100), second);
    await cluster.kill('game1');
    const status = await cluster.waitFor(async () => {
      const answer = await ask(105);
      return answer.result ? answer : undefined;
    }, 'answer to 105 after the death of game1');
    assert.equal(status.data.coin, 10_100);
    assert.deepEqual(await ask(9100), second);
  });
});
