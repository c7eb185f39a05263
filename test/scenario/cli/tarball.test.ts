/** What `npm pack` makes: programs, declarations and pages, and nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { newGame, packInto, run } from './newuser';

describe('the package', () => {
  const user = mkdtempSync(join(tmpdir(), 'firefly-user-'));
  let tarball = '';

  before(async () => {
    tarball = join(user, await packInto(user));
  });
  after(() => rmSync(user, { recursive: true, force: true }));

  it('holds declarations, programs and pages, and no source that a compiler would take up', () => {
    const files = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    const sources = files.filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith('package/template/'));
    assert.deepEqual(sources, []);
    for (const file of ['src/index.d.ts', 'src/dbentrust/sql/schema.d.ts', 'startmaster.js', 'appmain.js', 'docs/operations.md'])
      assert.ok(files.includes(`package/${file}`), file);
    assert.deepEqual(
      files.filter((file) => /^package\/(test|tools|app|data)\//.test(file)),
      [],
    );
  });

  it('has declarations that need nothing that a user does not have', async () => {
    const game = await newGame(user, tarball);
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--lib', 'ES2022'];
    await run(game, 'node_modules/.bin/tsc', ['--project', '.', '--noEmit', '--incremental', 'false', ...strict]);
  });
});
