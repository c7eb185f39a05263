/** Restart, drain and resume: asked for once, followed to the end, and the end is the exit code. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newLines, type Operation } from '../../src/management/operation';
import type { WebRequest } from '../../src/web/request';
import { runWith } from './support';

const OPERATION: Operation = {
  id: 7,
  kind: 'restart',
  nodes: ['game1'],
  state: 'running',
  ms: 0,
  step: 'begins',
  done: 0,
  total: 1,
  lines: [],
};

/** A master whose operation goes through these states, one each time that somebody asks. */
function master(path: string, states: readonly (Partial<Operation> | null)[]) {
  const asked: string[] = [];
  let at = 0;
  return {
    asked,
    routes: {
      [`POST ${path}`]: ({ query }: WebRequest) => {
        asked.push(query.toString());
        return { status: 202, body: { operation: OPERATION } };
      },
      'GET /operation': () => {
        const state = states[Math.min(at++, states.length - 1)];
        return { status: 200, body: JSON.stringify(state ? { ...OPERATION, ...state } : null), type: 'application/json' };
      },
    },
  };
}

describe('an operation', () => {
  it('is followed line by line, each said once, and ends with 0', async () => {
    const { asked, routes } = master('/restart', [
      { step: 'holds', lines: ['net holds'] },
      { step: 'holds', lines: ['net holds'] },
      { step: 'done', done: 1, lines: ['net holds', 'game1 is ready'], state: 'done', ms: 2_345 },
    ]);
    assert.deepEqual(await runWith(routes, ['restart', 'game1']), {
      exit: 0,
      out: ['net holds', 'game1 is ready', 'the restart of game1 is done, after 2.3 s'],
      errors: [],
    });
    assert.deepEqual(asked, ['node=game1']);
  });

  it('shows on a screen how far it is, and leaves nothing of that behind', async () => {
    const shown: string[] = [];
    const screen = { columns: () => 80, color: false, progress: (text: string) => void shown.push(text), redraw: () => {} };
    const { routes } = master('/restart', [
      { step: 'waits for game1', ms: 3_900 },
      { state: 'done', done: 1 },
    ]);
    await runWith(routes, ['restart', '--all', '--rolling'], screen);
    assert.deepEqual(shown, ['begins (0 of 1, 0 s)', 'waits for game1 (0 of 1, 3 s)', '']);
  });

  it('that fails ends with 1 and its reason', async () => {
    const { routes } = master('/drain', [{ kind: 'drain', state: 'failed', error: 'nobody takes its players' }]);
    const { exit, errors } = await runWith(routes, ['drain', 'game1']);
    assert.deepEqual([exit, errors], [1, ['firefly: the drain of game1 has failed: nobody takes its players']]);
  });

  it('is refused by the master in its own words', async () => {
    const body = { error: 'a restart of gate is under way; try again when it has ended' };
    const { exit, errors } = await runWith({ 'POST /start': () => ({ status: 409, body }) }, ['resume', 'game1']);
    assert.deepEqual([exit, errors], [1, [`firefly: ${body.error}`]]);
  });

  it('that a new master knows nothing of ends with 1', async () => {
    const { routes } = master('/restart', [null]);
    const { exit, errors } = await runWith(routes, ['restart', 'game1']);
    assert.equal(exit, 1);
    assert.match(errors.join(''), /the master knows of no restart of game1 any more/);
  });

  it('takes its deadline in the words of a person', async () => {
    for (const [text, ms] of [
      ['90s', 90_000],
      ['5m', 300_000],
      ['1h', 3_600_000],
      ['1500ms', 1_500],
      ['2', 2_000],
    ] as const) {
      const { asked, routes } = master('/drain', [{ state: 'done' }]);
      await runWith(routes, ['drain', 'game1', '--deadline', text]);
      assert.deepEqual(asked, [`node=game1&deadlineMs=${ms}`]);
    }
  });
});

describe('the lines that came since', () => {
  it('are found also when the oldest were dropped meanwhile', () => {
    assert.deepEqual(newLines([], ['a', 'b']), ['a', 'b']);
    assert.deepEqual(newLines(['a', 'b'], ['a', 'b']), []);
    assert.deepEqual(newLines(['a', 'b', 'c'], ['b', 'c', 'd']), ['d']);
    assert.deepEqual(newLines(['a', 'b'], ['x', 'y']), ['x', 'y']);
  });
});
