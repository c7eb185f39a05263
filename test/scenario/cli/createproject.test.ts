/** A new user with the tarball of `npm pack`: one command makes a game, and its own test passes. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packInto, run, tryRun } from './newuser';

describe('npx firefly createproject mygame, from a tarball', () => {
  const user = mkdtempSync(join(tmpdir(), 'firefly-user-'));
  const game = join(user, 'mygame');
  let tarball = '';
  const read = (file: string) => readFileSync(join(game, file), 'utf8');

  before(async () => {
    tarball = await packInto(user);
    const said = await run(user, 'npx', ['--yes', '--package', `./${tarball}`, 'firefly', 'createproject', 'mygame']);
    assert.match(said, /mygame is made, in/);
  });
  after(() => rmSync(user, { recursive: true, force: true }));

  it('makes a project that is complete: it can be moved, committed and installed elsewhere', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    assert.deepEqual(dependencies, { 'firefly-ts': `file:vendor/${tarball}` });
    assert.ok(existsSync(join(game, 'vendor', tarball)));
    for (const file of ['package.json', 'package-lock.json', 'README.md', 'config.json', 'tsconfig.json'])
      assert.ok(!read(file).includes(user), `${file} names a place of this machine`);
    assert.match(read('.gitignore'), /^data\/$/m);
    assert.doesNotMatch(`${read('README.md')}${read('config.json')}`, /\{\{/);
    for (const [, page = ''] of read('README.md').matchAll(/\]\(([^)]+)\)/g)) assert.ok(existsSync(join(game, page)), page);
  });

  it('passes its own test with npm test', async () => {
    assert.match(await run(game, 'npm', ['test']), /^(# |ℹ )pass 2$/m);
  });

  it('refuses what cannot be, and touches nothing', async () => {
    mkdirSync(join(user, 'full'));
    writeFileSync(join(user, 'full', 'mine.txt'), 'mine');
    const refused: [name: string, exit: number, words: RegExp][] = [
      ['full', 1, /is there already and not empty/],
      ['My Game', 2, /is no name for a package/],
      ['../elsewhere', 2, /is no name for a package/],
      ['firefly-ts', 2, /is the name of something else/],
    ];
    for (const [name, code, words] of refused) {
      const { exit, text } = await tryRun(user, join(game, 'node_modules/.bin/firefly'), ['createproject', name]);
      assert.equal(exit, code, text);
      assert.match(text, words);
    }
    assert.deepEqual(readdirSync(join(user, 'full')), ['mine.txt']);
    assert.deepEqual(readdirSync(user).sort(), [tarball, 'full', 'mygame'].sort());
  });
});
