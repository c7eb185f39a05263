import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { freshSqlite } from '../../helpers/services';

/** The packages a fresh process has loaded after running `code` with `openStore` at hand. */
function loadedBy(code: string): string[] {
  const store = join(__dirname, '../../../src/dbentrust/sql/open.js');
  const report = `const packages = new Set(Object.keys(require.cache).map((path) => /node_modules.((?:@[^/\\\\]+.)?[^/\\\\]+)/.exec(path)?.[1]).filter(Boolean)); console.log(JSON.stringify([...packages]))`;
  const output = execFileSync(
    process.execPath,
    ['-e', `(async () => { const { openStore } = require(${JSON.stringify(store)}); ${code}; ${report} })()`],
    { encoding: 'utf8' },
  );
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as string[];
}

describe('a store', () => {
  it('costs a node that opens none no package at all', () => {
    assert.deepEqual(loadedBy(''), []);
  });

  it('on SQLite loads neither mysql2 nor, before it migrates, kysely', async () => {
    const { config, dataDir, drop } = await freshSqlite();
    const options = `{ dataDir: ${JSON.stringify(dataDir)}, sqlMs: 1000, log: { info() {}, warn() {} } }`;
    const loaded = loadedBy(
      `const store = await openStore(${JSON.stringify(config)}, ${options}); await store.query('SELECT 1'); await store.close()`,
    );
    assert.ok(!loaded.includes('mysql2') && !loaded.includes('kysely'), loaded.join());
    await drop();
  });
});
