/** `firefly stop`: says which node has stopped, in the order in which they did, and comes back when nobody answers any more. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandFailed, Exit } from '../../src/management/masterclient';
import { stopAndWait } from '../../src/management/stop';

const node = (state: string, at?: string) => ({ state, exits: at === undefined ? [] : [{ at, pid: 1, reason: 'stopped', lastLines: [] }] });
const AWAY = new CommandFailed('no master answers', Exit.unreachable, { cause: new Error('ECONNREFUSED') });

describe('firefly stop', () => {
  it('names each node once, and shows on a screen for whom it waits', async () => {
    const answers: unknown[] = [
      'stop',
      { nodes: { dbfront: node('ready'), gate: node('exited', '2026-01-01T00:00:02Z'), net: node('exited', '2026-01-01T00:00:01Z') } },
      { nodes: { dbfront: node('stopping'), gate: node('exited', '2026-01-01T00:00:02Z'), net: node('exited', '2026-01-01T00:00:01Z') } },
    ];
    const asked: string[] = [];
    const master = {
      ask: async (method: string, path: string) => {
        asked.push(`${method} ${path}`);
        if (answers.length === 0) throw AWAY;
        return answers.shift();
      },
    };
    const said: string[] = [];
    const shown: string[] = [];
    const screen = { columns: () => 80, color: false, progress: (text: string) => void shown.push(text), redraw: () => {} };
    await stopAndWait(master, { print: (line) => void said.push(line), screen });
    assert.deepEqual(said, ['the cluster is stopping', 'net has stopped', 'gate has stopped', 'the cluster has stopped']);
    assert.deepEqual(shown, ['waiting for dbfront (ready)', 'waiting for dbfront (stopping)', '']);
    assert.deepEqual(asked, ['POST /stop', 'GET /status', 'GET /status', 'GET /status']);
  });

  it('has not come about where a master keeps silent, or something else answers', async () => {
    const silent = new CommandFailed('has not answered', Exit.unreachable, { cause: new DOMException('', 'TimeoutError') });
    for (const [second, error] of [
      [() => Promise.reject(silent), silent],
      [async () => '<html>', /what answers there is no master of a cluster/],
    ] as const) {
      const answers = [async () => 'stop', second];
      const stopping = stopAndWait({ ask: () => answers.shift()?.() ?? Promise.reject(AWAY) }, { print: () => {} });
      await assert.rejects(stopping, error);
    }
  });

  it('that a master refuses is no stop', async () => {
    const refused = new CommandFailed('the token is missing', Exit.refused);
    await assert.rejects(stopAndWait({ ask: () => Promise.reject(refused) }, { print: () => {} }), refused);
  });
});
