import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditor } from '../../../src/master/view/audit';
import { WebServer } from '../../../src/web/server';
import { http } from '../../helpers/http';
import { keptLog } from '../../helpers/log';

describe('an act of an operator', () => {
  it('leaves one line that says who, what, to whom and what came of it; a question leaves none', async () => {
    const { log, lines } = keptLog();
    const web = new WebServer({ log, hosts: [], audit: auditor(log) });
    web.route('GET', '/status', () => 'fine');
    web.route('POST', '/restart', ({ query }) =>
      query.get('node') === 'gate' ? { status: 202, body: {} } : { status: 404, body: { error: 'there is no node' } },
    );
    web.route('*', '/stop', () => 'stop', undefined, { act: true });
    const port = await web.listen(0, '127.0.0.1');
    try {
      await http({ port, path: '/status' });
      await http({ port, path: '/restart?node=gate&token=hunter2', method: 'POST' });
      await http({ port, path: '/restart?node=gone', method: 'POST' });
      await http({ port, path: '/stop' });
      await http({ port, path: '/nowhere', method: 'POST' });
    } finally {
      await web.close();
    }
    assert.deepEqual(
      lines.map(({ event, who, act, target, status, outcome }) => [event, who, act, target, status, outcome]),
      [
        ['audit', '127.0.0.1', 'POST /restart node=gate token=[secret]', 'gate', 202, 'done'],
        ['audit', '127.0.0.1', 'POST /restart node=gone', 'gone', 404, 'there is no node'],
        ['audit', '127.0.0.1', 'GET /stop', 'cluster', 200, 'done'],
      ],
    );
  });
});
