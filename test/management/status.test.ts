/** `firefly status`: a table that a person reads at a glance, in a window of any width. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { type NodeStatus, type StatusAnswer, statusLines } from '../../src/management/status';
import { runWith } from './support';

const MIB = 1024 * 1024;
const node = (more: Partial<NodeStatus> = {}): NodeStatus => ({
  state: 'ready',
  pid: 4711,
  restarts: 0,
  uptimeMs: 3_725_000,
  memoryRss: 80 * MIB,
  codeVersion: 'ab12cd34ef56',
  exits: [],
  ...more,
});
const NOW = Date.parse('2026-01-02T03:00:00Z');
const ANSWER: StatusAnswer = {
  cluster: { version: '0.1.0', startedAt: '2026-01-01T00:00:00Z', operation: null },
  nodes: {
    dbfront: node({ dirtyRows: 12, loopLagMs: { p99: 700, max: 900 } }),
    net: node({ connections: 1_234, restarts: 3, loopLagMs: { p99: 2.4, max: 3 } }),
    game1: node({ draining: true, loopLagMs: { p99: 60, max: 61 } }),
  },
};
const isColored = (line = '') => line.includes('\u001b[');

describe('firefly status', () => {
  it('says how the whole is, then each node, numbers below each other', () => {
    assert.deepEqual(statusLines(ANSWER, undefined, NOW), [
      'firefly-ts 0.1.0, up 27 h 0 min, 3 of 3 nodes ready',
      '',
      'node     state      pid         up     lag  memory  clients  dirty  restarts  code',
      'dbfront  ready     4711  1 h 2 min  700 ms  80 MiB              12         0  ab12cd34ef56',
      'net      ready     4711  1 h 2 min    2 ms  80 MiB     1234                3  ab12cd34ef56',
      'game1    draining  4711  1 h 2 min   60 ms  80 MiB                         0  ab12cd34ef56',
    ]);
  });

  it('names the machine of each node where there are several', () => {
    const nodes = { gate: node({ host: '10.0.0.1' }), game1: node({ host: '10.0.0.2' }), game2: node({ host: null }) };
    assert.match(statusLines({ nodes }, undefined, NOW)[2] ?? '', /^node +state +host +pid/);
    nodes.game1 = node({ host: '10.0.0.1' });
    assert.match(statusLines({ nodes }, undefined, NOW)[2] ?? '', /^node +state +pid/);
  });

  it('leaves columns out where the window is narrow, name and state last', () => {
    for (const columns of [100, 80, 60, 40, 20]) {
      const lines = statusLines(ANSWER, { columns, color: false }, NOW).slice(2);
      assert.ok(
        lines.every(({ length }) => length <= columns),
        lines.join('\n'),
      );
      assert.match(lines[1] ?? '', /^dbfront {2}ready/);
    }
    const [head] = statusLines(ANSWER, { columns: 40, color: false }, NOW).slice(2);
    assert.match(head ?? '', /clients +restarts/, 'what is looked for first stays longest');
  });

  it('paints what deserves a look, and only on a screen', () => {
    const red = '\u001b[31m';
    const lines = statusLines(ANSWER, { columns: 120, color: true }, NOW);
    assert.ok(lines[3]?.includes(`${red}700 ms`), lines[3]);
    assert.ok(!lines[4]?.includes(red), lines[4]);
    assert.ok(!statusLines(ANSWER, { columns: 120, color: false }, NOW).some(isColored));
    const plain = lines.map(stripVTControlCharacters);
    assert.deepEqual(plain, statusLines(ANSWER, { columns: 120, color: false }, NOW), 'the same words in the same places');
  });

  it('tells of work under way', () => {
    const operation = { kind: 'restart', state: 'running', step: 'waits for game1 to be ready' };
    const [first] = statusLines({ ...ANSWER, cluster: { operation } }, undefined, NOW);
    assert.equal(first, 'firefly-ts, 3 of 3 nodes ready, restart under way: waits for game1 to be ready');
  });

  it('tells of a node that does not run how it ended and what it said', async () => {
    const lastLines = ['12:00:00.000 dbfront FATAL dbfront cannot start: no journal', '12:00:00.001 dbfront stopped'];
    const exits = [{ pid: 7, reason: 'failed with exit code 1', lastLines }];
    const gone = { pid: null, uptimeMs: null, memoryRss: null, codeVersion: null };
    const nodes = { dbfront: node({ ...gone, state: 'exited', exits }), net: node({ exits }) };
    const { exit, out } = await runWith({ 'GET /status': () => ({ nodes }) }, ['status']);
    assert.equal(out[0], 'firefly-ts, 1 of 2 nodes ready');
    assert.deepEqual([exit, out.slice(5)], [0, ['', 'dbfront, process 7, failed with exit code 1', `  ${lastLines[0]}`]]);
  });

  it('says of a node that does not answer for how long, and counts it as not ready', () => {
    const silent = { state: 'not answering', silentMs: 12_400, trouble: 'has not answered for 12 s', uptimeMs: null, memoryRss: null };
    const waiting = { state: 'starting', trouble: 'waiting for gate, which is not there yet' };
    const lines = statusLines({ nodes: { gate: node(silent), net: node(waiting) } }, undefined, NOW);
    assert.equal(lines[0], 'firefly-ts, 0 of 2 nodes ready');
    assert.match(lines[3] ?? '', /^gate +not answering 12 s +4711/);
    assert.deepEqual(lines.slice(5), [
      '',
      'gate, process 4711: has not answered for 12 s',
      '',
      'net, process 4711: waiting for gate, which is not there yet',
    ]);
  });

  it('tells of the ends of the last 15 minutes, the newest first, also when the node is back', () => {
    const at = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
    const end = (minutes: number, reason: string, lastLines: string[] = []) => ({ at: at(minutes), pid: 7, reason, lastLines });
    const said = '12:00:00.000 game1 FATAL game1 cannot start: no good';
    const nodes = {
      game1: node({
        exits: [end(20, 'long ago'), end(4, 'failed first', [said]), end(3, 'failed', ['12:00 game1 hello', `${said}\n  at x`])],
      }),
      game2: node({ exits: [end(1, 'was restarted by the operator')] }),
      net: node({ state: 'exited', pid: null, exits: [end(2, 'is told above')] }),
    };
    const lines = statusLines({ nodes }, undefined, NOW);
    assert.deepEqual(lines.slice(lines.indexOf('ended in the last 15 minutes:')), [
      'ended in the last 15 minutes:',
      '  1 min ago: game2, process 7, was restarted by the operator',
      '  3 min ago: game1, process 7, failed',
      `    ${said}`,
      '  4 min ago: game1, process 7, failed first',
    ]);
    assert.equal(lines.filter((line) => line.includes('is told above')).length, 1);
  });

  it('is the answer of the master as it is with --json', async () => {
    const { out } = await runWith({ 'GET /status': () => ANSWER }, ['status', '--json']);
    assert.deepEqual(JSON.parse(out.join('\n')), ANSWER);
  });
});
