/** What the command prints of what the master answers: the reasons to standard output, what went wrong last and to standard error. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runAlone, runWith } from './support';

describe('the firefly command', () => {
  it('names node, file and line of a reload that was refused', async () => {
    const failures = [{ file: 'app/gameserver.ts', line: 2, message: 'build first (npm run build)' }];
    const nodes = { game1: { ok: false, failures }, net: { ok: true, codeVersion: 'a' } };
    const body = { ok: false, changed: false, message: 'nothing was changed', nodes };
    assert.deepEqual(await runWith({ 'POST /reload': () => ({ status: 422, body }) }, ['reload']), {
      exit: 1,
      out: ['game1: app/gameserver.ts:2 build first (npm run build)'],
      errors: ['firefly: nothing was changed'],
    });
  });

  it('reloads one node when it is named', async () => {
    const routes = { 'POST /reload': ({ query }: { query: URLSearchParams }) => ({ message: `reloaded ${query.get('node')}` }) };
    assert.deepEqual(await runWith(routes, ['reload', 'game1']), { exit: 0, out: ['reloaded game1'], errors: [] });
  });

  it('complains of wrong usage on standard error', async () => {
    const wrong: [args: string[], error: RegExp][] = [
      [['evict', 'tb_item'], /missing required argument 'pk'/],
      [['restart'], /say which node, or --all/],
      [['restart', 'game1', '--all'], /say which node, or --all/],
      [['drain', 'game1', '--deadline', 'soon'], /Say a time such as 90s, 10m or 1h/],
      [['logs', '-n', '5000'], /Say a number up to 1000/],
      [['status', '--watch', 'often'], /Say seconds/],
      [['quarantine', 'release', 'tb_item'], /say TABLE and PK, or --all alone/],
      [['strat'], /unknown command 'strat'\n\(Did you mean start\?\)/],
    ];
    for (const [args, error] of wrong) {
      const { exit, out, errors } = await runWith({}, args);
      assert.deepEqual([exit, out], [2, []], args.join(' '));
      assert.match(errors.join('\n'), error);
    }
  });

  it('ends with 3 when no master answers, and names what it asked', async () => {
    const { exit, errors } = await runAlone(['status'], { FIREFLY_URL: 'http://127.0.0.1:1' });
    assert.equal(exit, 3);
    assert.match(errors.join('\n'), /^firefly: no master answers at http:\/\/127\.0\.0\.1:1 /);
  });

  it('ends with 2 at a config that cannot be used, wherever it is named', async () => {
    for (const [args, env] of [
      [['status', '--config', 'nowhere.json'], {}],
      [['check'], { FIREFLY_CONFIG: 'nowhere.json' }],
    ] as const) {
      const { exit, errors } = await runAlone(args, env);
      assert.equal(exit, 2);
      assert.match(errors.join('\n'), /nowhere\.json/);
    }
  });
});
