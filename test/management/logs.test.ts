/** `firefly logs`: lines of several nodes in the order of their time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { showLogs } from '../../src/management/logs';
import { MasterClient } from '../../src/management/masterclient';
import type { WebRequest } from '../../src/web/request';
import { WebServer } from '../../src/web/server';
import { keptLog } from '../helpers/log';
import { runWith } from './support';

const line = (second: number, text: string) => ({
  seq: second,
  time: `2026-01-01T00:00:0${second}.000Z`,
  level: 'info',
  message: text,
  text,
});
const NODES = { nodes: { net: {}, game1: {} } };

describe('firefly logs', () => {
  it('shows the last lines of all, in the order of their time', async () => {
    const logs: Record<string, object[]> = { master: [line(1, 'm1'), line(4, 'm4')], net: [line(2, 'n2')], game1: [line(3, 'g3')] };
    const asked: string[] = [];
    const routes = {
      'GET /status': () => NODES,
      'GET /log': ({ query }: WebRequest) => {
        asked.push(query.toString());
        return { lines: logs[query.get('node') ?? ''] ?? [], next: 9 };
      },
    };
    assert.deepEqual((await runWith(routes, ['logs', '-n', '3'])).out, ['n2', 'g3', 'm4']);
    assert.deepEqual(asked.sort(), ['node=game1&lines=3', 'node=master&lines=3', 'node=net&lines=3']);
  });

  it('goes without a node that does not answer, and says so; the one that was asked for has to', async () => {
    const routes = {
      'GET /status': () => NODES,
      'GET /log': ({ query }: WebRequest) =>
        query.get('node') === 'net' ? { status: 503, body: { error: 'net is down' } } : { lines: [line(1, 'here')], next: 1 },
    };
    assert.deepEqual(await runWith(routes, ['logs']), { exit: 0, out: ['here', 'here', '--- net is down'], errors: [] });
    assert.deepEqual(await runWith(routes, ['logs', 'net']), { exit: 1, out: [], errors: ['firefly: net is down'] });
  });

  it('goes on with what comes, also after the node was restarted', async () => {
    const web = new WebServer({ log: keptLog().log, hosts: [] });
    const answers = [
      { lines: [line(1, 'first')], next: 1 },
      { status: 503, body: { error: 'game1 is down' } },
      { lines: [line(2, 'after the restart')], next: 1 },
    ];
    const asked: (string | null)[] = [];
    web.route('GET', '/log', ({ query }) => {
      asked.push(query.get('after'));
      return answers[asked.length - 1] ?? { lines: [], next: 1 };
    });
    const url = `http://127.0.0.1:${await web.listen(0, '127.0.0.1')}`;
    const seen: string[] = [];
    const following = showLogs(new MasterClient({ url, token: undefined }), { node: 'game1', lines: 10, follow: true }, (text) =>
      seen.push(text),
    );
    const gone = following.catch((error: Error) => error.message);
    while (asked.length < 4) await delay(20);
    await web.close();
    assert.match(String(await gone), /no master answers/);
    assert.deepEqual(seen, ['first', '--- game1 is down', '--- game1 answers again', 'after the restart']);
    assert.deepEqual(asked.slice(0, 4), [null, '1', '1', '1']);
  });

  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const crash = { at: minutesAgo(2), pid: 4711, reason: 'failed with exit code 1: no good', lastLines: ['l1', 'l2 FATAL no good'] };
  const logOf = (answer: object) => runWith({ 'GET /log': () => answer }, ['logs', 'game1', '-n', '5']);

  it('tell of a node that was started anew how the process before ended, marked, before what this one says', async () => {
    const shown = await logOf({ lines: [line(1, 'anew')], next: 1, lastEnd: crash });
    assert.deepEqual(shown.out, [
      '--- game1, process 4711, failed with exit code 1: no good, 2 min ago; the last that it said:',
      ...crash.lastLines,
      '--- game1, the process that runs now:',
      'anew',
    ]);
    const late = { ...line(1, 'much later'), seq: 2_000 };
    const old = { ...crash, at: minutesAgo(60) };
    assert.deepEqual((await logOf({ lines: [late], next: 2_000, lastEnd: old })).out, ['much later'], 'an end of long ago is not near');
    assert.equal((await logOf({ lines: [late], next: 2_000, lastEnd: crash })).out.length, 5, 'one of two minutes ago is');
  });

  it('answer for a node that is down with the last it said, and name its log file', async () => {
    const error = 'game1 does not answer (it failed); all of its log is in /srv/game1.log on its machine';
    const down = await logOf({ status: 503, body: { error, lastEnd: crash } });
    assert.deepEqual([down.exit, down.out.slice(1)], [0, [...crash.lastLines, `--- ${error}`]]);
    assert.deepEqual((await logOf({ status: 503, body: { error, lastEnd: null } })).errors, [`firefly: ${error}`]);
  });

  it('tell who follows how a node ended, without the lines that were shown before', async () => {
    const answers = [
      { lines: [line(1, 'l1')], next: 1, lastEnd: null },
      { lines: [line(1, 'anew')], next: 1, lastEnd: crash },
    ];
    let asked = 0;
    const master = {
      ask: () => (asked < 2 ? Promise.resolve(answers[asked++]) : Promise.reject(new Error('enough'))),
    };
    const seen: string[] = [];
    await assert.rejects(
      showLogs(master, { node: 'game1', lines: 10, follow: true }, (text) => seen.push(text)),
      /enough/,
    );
    assert.deepEqual(
      seen.map((text) => text.replace(/, failed.*/, '')),
      ['l1', '--- game1, process 4711', 'l2 FATAL no good', '--- game1, the process that runs now:', 'anew'],
    );
  });
});
