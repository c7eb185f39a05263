/** What the command prints of what the master answers: the reasons to standard output, what went wrong last and to standard error. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/management/program';
import type { WebHandler } from '../../src/web/routes';
import { WebServer } from '../../src/web/server';
import { keptLog } from '../helpers/log';

const CONFIG = resolve(__dirname, '../../config.json');

/** Runs one command against a master that answers so. */
async function ask(args: readonly string[], method: 'GET' | 'POST', path: string, handler: WebHandler) {
  const web = new WebServer({ log: keptLog().log, hosts: [] });
  web.route(method, path, handler);
  const out: string[] = [];
  const errors: string[] = [];
  const env = { FIREFLY_URL: `http://127.0.0.1:${await web.listen(0, '127.0.0.1')}` };
  try {
    const terminal = { env, print: (line: string) => void out.push(line), complain: (line: string) => void errors.push(line) };
    return { exit: await run(['--config', CONFIG, ...args], terminal), out, errors };
  } finally {
    await web.close();
  }
}

describe('the firefly command', () => {
  it('names node, file and line of a reload that was refused', async () => {
    const failures = [{ file: 'app/gameserver.ts', line: 2, message: 'build first (npm run build)' }];
    const nodes = { game1: { ok: false, failures }, net: { ok: true, codeVersion: 'a' } };
    const body = { ok: false, changed: false, message: 'nothing was changed', nodes };
    assert.deepEqual(await ask(['reload'], 'POST', '/reload', () => ({ status: 422, body })), {
      exit: 1,
      out: ['game1: app/gameserver.ts:2 build first (npm run build)'],
      errors: ['firefly: nothing was changed'],
    });
  });

  it('tells of a node that does not run how it ended and what it said', async () => {
    const node = { restarts: 0, uptimeMs: null, memoryRss: null, codeVersion: null };
    const lastLines = ['12:00:00.000 dbfront FATAL dbfront cannot start: no journal', '12:00:00.001 dbfront stopped'];
    const exits = [{ pid: 7, reason: 'failed with exit code 1', lastLines }];
    const nodes = { dbfront: { ...node, state: 'exited', pid: null, exits }, net: { ...node, state: 'ready', pid: 8, exits } };
    const { exit, out } = await ask(['status'], 'GET', '/status', () => ({ nodes }));
    assert.deepEqual([exit, out.slice(5)], [0, ['', 'dbfront, process 7, failed with exit code 1', `  ${lastLines[0]}`]]);
  });

  it('complains of wrong usage on standard error', async () => {
    const { exit, out, errors } = await ask(['evict', 'tb_item'], 'POST', '/evict', () => ({}));
    assert.deepEqual([exit, out], [2, []]);
    assert.match(errors.join('\n'), /missing required argument 'pk'/);
  });
});
