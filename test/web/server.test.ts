import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { PeerDown, StartFailed } from '../../src/errors';
import { Metrics } from '../../src/metrics/metrics';
import { RouteTable } from '../../src/web/routes';
import { type WebOptions, WebServer } from '../../src/web/server';
import { waitFor } from '../../tools/lib/wait';
import { Crowd } from '../helpers/crowd';
import { type HttpOptions, http } from '../helpers/http';
import { keptLog } from '../helpers/log';

type Ask = (path: string, options?: Partial<HttpOptions>) => ReturnType<typeof http>;

/** Runs `body` against a real server on a free port. */
async function withServer(
  options: Partial<WebOptions>,
  body: (web: WebServer, ask: Ask, lines: Record<string, unknown>[], port: number) => Promise<void>,
): Promise<void> {
  const { log, lines } = keptLog();
  const web = new WebServer({ log, hosts: [], ...options });
  const port = await web.listen(0, '127.0.0.1');
  try {
    await body(web, (path, more) => http({ port, path, ...more }), lines, port);
  } finally {
    await web.close();
  }
}

describe('an answer of a web handler', () => {
  it('is text for a string, bytes for a buffer, JSON for an object, and empty for nothing', async () => {
    await withServer({}, async (web, ask) => {
      web.route('GET', '/text', () => 'stop');
      web.route('GET', '/bytes', () => Buffer.from([0, 255]));
      web.route('GET', '/json', async () => ({ count: 3n, large: 9007199254740993n }));
      web.route('GET', '/nothing', () => undefined);
      const text = await ask('/text');
      assert.deepEqual([text.status, text.headers['content-type'], text.text], [200, 'text/plain; charset=utf-8', 'stop']);
      assert.equal((await ask('/bytes')).headers['content-length'], '2');
      const json = await ask('/json');
      assert.deepEqual(json.json(), { count: 3, large: '9007199254740993' });
      assert.equal(json.headers['content-type'], 'application/json; charset=utf-8');
      assert.equal((await ask('/nothing')).status, 204);
    });
  });

  it('may name its status and type, and other objects with a status stay JSON', async () => {
    await withServer({}, async (web, ask) => {
      web.route('GET', '/page', () => ({ status: 503, body: '<p>', type: 'text/html; charset=utf-8' }));
      web.route('GET', '/data', () => ({ status: 'ready', body: 1 }));
      const page = await ask('/page');
      assert.deepEqual([page.status, page.headers['content-type'], page.text], [503, 'text/html; charset=utf-8', '<p>']);
      assert.deepEqual((await ask('/data')).json(), { status: 'ready', body: 1 });
    });
  });

  it('carries headers that keep it out of caches, frames and type guessing', async () => {
    await withServer({}, async (_web, ask) => {
      const { headers } = await ask('/missing');
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-frame-options'], 'DENY');
    });
  });
});

describe('a web handler that fails', () => {
  it('gives a 500 without a stack, and one log line with it', async () => {
    await withServer({}, async (web, ask, lines) => {
      web.route('GET', '/sync', () => {
        throw new Error('password is hunter2');
      });
      web.route('GET', '/async', () => Promise.reject(new PeerDown('gate', false)));
      web.route('GET', '/function', () => () => 1);
      const sync = await ask('/sync');
      assert.equal(sync.status, 500);
      assert.doesNotMatch(sync.text, /hunter2|server\.js/);
      assert.deepEqual((await ask('/async')).json(), { error: 'gate is down', code: 'FF_PEER_DOWN' });
      assert.equal((await ask('/function')).status, 500);
      assert.deepEqual(
        lines.map((line) => [line.msg, line.request]),
        [
          ['web handler failed', 'GET /sync'],
          ['web handler failed', 'GET /async'],
          ['web handler failed', 'GET /function'],
        ],
      );
      assert.match(JSON.stringify(lines[0]), /hunter2.*at /);
    });
  });

  it('is answered 503 at the deadline when it never ends', async () => {
    await withServer({ deadlineMs: 50 }, async (web, ask, lines) => {
      web.route('GET', '/never', () => new Promise(() => undefined));
      const answer = await ask('/never');
      assert.equal(answer.status, 503);
      assert.deepEqual(answer.json(), { error: 'GET /never: no answer within 50 ms', code: 'FF_DEADLINE' });
      assert.equal(lines.length, 1);
    });
  });
});

describe('finding the handler', () => {
  it('is by the whole path: what is not there is 404', async () => {
    await withServer({}, async (web, ask) => {
      web.route('GET', '/stop', () => 'stop');
      for (const path of ['/', '/stop/', '/stop/x', '/STOP', '//stop', '/%73top']) assert.equal((await ask(path)).status, 404, path);
      assert.equal((await ask('/stop?now=1')).text, 'stop');
    });
  });

  it('answers 405 with Allow for another method, and HEAD never runs a handler', async () => {
    let runs = 0;
    await withServer({}, async (web, ask) => {
      web.route('GET', '/stop', () => {
        runs += 1;
      });
      web.route('*', '/any', () => {
        runs += 1;
      });
      const post = await ask('/stop', { method: 'POST' });
      assert.deepEqual([post.status, post.headers.allow], [405, 'GET']);
      for (const path of ['/stop', '/any']) {
        const head = await ask(path, { method: 'HEAD' });
        assert.deepEqual([head.status, head.text], [405, '']);
      }
      assert.equal(runs, 0);
      assert.equal((await ask('/any', { method: 'POST' })).status, 204);
      assert.equal(runs, 1);
    });
  });

  it('uses the table that is in place when the request comes', async () => {
    let table = new RouteTable();
    await withServer({ routes: () => table }, async (web, ask) => {
      web.route('GET', '/a', () => 'old');
      const next = table.copy(() => false);
      next.add('GET', '/a', () => 'new');
      assert.equal((await ask('/a')).text, 'old');
      table = next;
      assert.equal((await ask('/a')).text, 'new');
    });
  });
});

describe('a request', () => {
  it('gives its query, headers and body to the handler', async () => {
    await withServer({}, async (web, ask) => {
      web.route('POST', '/echo', async (request) => ({
        a: request.query.getAll('a'),
        from: request.address,
        kind: request.headers['x-kind'],
        body: (await request.body()).toString(),
      }));
      const answer = await ask('/echo?a=1&a=%C3%A4', { method: 'POST', headers: { 'X-Kind': 'k' }, body: 'hello' });
      assert.deepEqual(answer.json(), { a: ['1', 'ä'], from: '127.0.0.1', kind: 'k', body: 'hello' });
    });
  });

  it('with a body above the limit is answered 413, announced or chunked, and not read to its end', async () => {
    await withServer({}, async (web, ask, lines) => {
      web.route('POST', '/small', async (request) => (await request.body(10)).length);
      assert.equal((await ask('/small', { method: 'POST', body: 'x'.repeat(10) })).text.trim(), '10');
      assert.equal((await ask('/small', { method: 'POST', body: 'x'.repeat(11) })).status, 413);
      const chunked = await ask('/small', { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' }, body: 'x'.repeat(11) });
      assert.deepEqual([chunked.status, chunked.headers.connection], [413, 'close']);
      assert.deepEqual(lines, []);
    });
  });

  it('above the bound of requests under way is answered 503 at once', async () => {
    const metrics = new Metrics('test');
    await withServer({ inFlight: 1, metrics }, async (web, ask) => {
      const finish: (() => void)[] = [];
      web.route('GET', '/wait', () => new Promise<void>((resolve) => finish.push(resolve)));
      const first = ask('/wait');
      while (finish.length === 0) await new Promise(setImmediate);
      assert.match(await metrics.text(), /firefly_web_in_flight\{node="test"\} 1/);
      assert.deepEqual([(await ask('/wait')).status, finish.length], [503, 1]);
      finish[0]?.();
      assert.equal((await first).status, 204);
    });
  });

  it('with headers above the limit or that is no HTTP ends its connection and no other', async () => {
    await withServer({}, async (web, ask, _lines, port) => {
      web.route('GET', '/ok', () => 'ok');
      assert.equal((await ask('/ok', { headers: { 'X-Long': 'x'.repeat(20_000) } })).status, 431);
      const socket = connect(port, '127.0.0.1').end('\x4e\x25\x26no http\r\n\r\n').resume();
      await once(socket, 'close');
      assert.equal((await ask('/ok')).text, 'ok');
    });
  });
});

describe('a web port', () => {
  const HALF = 'GET /state HTTP/1.1\r\nHost: a';
  const HALF_BODY = 'POST /body HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 100\r\n\r\nhalf';

  for (const [what, says] of [
    ['nothing', ''],
    ['half a head', HALF],
    ['half a body', HALF_BODY],
    ['a whole request now and then', 'GET /state HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
  ] as const) {
    it(`answers others, and its own machine, while a crowd sends ${what}`, async () => {
      const metrics = new Metrics('master');
      await withServer({ metrics, token: 'token' }, async (web, ask, lines, port) => {
        web.route('GET', '/state', () => 'fine', undefined, { open: true });
        web.route('POST', '/body', async (request) => String((await request.body()).length), undefined, { open: true });
        for (const from of ['127.0.0.2', '127.0.0.1']) {
          await using crowd = await Crowd.come({ port, from, size: 1_100, says: says.replace('PORT', String(port)) });
          await waitFor(() => crowd.size <= 200, 'a crowd within its bound');
          assert.equal((await ask('/state')).text, 'fine');
          assert.equal((await ask('/body', { method: 'POST', body: 'all' })).text, '3');
        }
        assert.match(await metrics.text(), /firefly_web_dropped_total\{node="master"\} [1-9]/);
        const told = lines.filter(({ event }) => event === 'crowd');
        assert.ok(told.length > 0 && told.length < 100, `${told.length} lines`);
      });
    });
  }

  it('answers others while a crowd asks and asks and reads no answer', async () => {
    await withServer({ inFlight: 4 }, async (web, ask, _lines, port) => {
      // More than the system keeps for a reader.
      const page = Buffer.alloc(16 * 1024 * 1024);
      let begun = 0;
      web.route('GET', '/page', () => {
        begun += 1;
        return page;
      });
      web.route('GET', '/state', () => 'fine');
      const asks = `GET /page HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
      await using crowd = await Crowd.come({ port, from: '127.0.0.2', size: 8, says: asks, deaf: true });
      await waitFor(() => begun === 8, 'an answer for each');
      assert.equal((await ask('/state')).text, 'fine');
      assert.equal(crowd.size, 8);
    });
  });

  it('keeps the connection of a request that is worked for, whatever crowd comes', async () => {
    await withServer({}, async (web, ask, _lines, port) => {
      let answer: (text: string) => void = () => {};
      const begun = new Promise<void>((resolve) => {
        web.route('GET', '/slow', () => {
          resolve();
          return new Promise<string>((settle) => {
            answer = settle;
          });
        });
      });
      const asked = ask('/slow');
      await begun;
      await using _crowd = await Crowd.come({ port, from: '127.0.0.1', size: 500 });
      answer('done');
      assert.equal((await asked).text, 'done');
    });
  });

  it('that is taken is an error that names it', async () => {
    await withServer({}, async (_web, _ask, _lines, port) => {
      const second = new WebServer({ log: keptLog().log, hosts: [] });
      await assert.rejects(
        second.listen(port, '127.0.0.1'),
        (error) => error instanceof StartFailed && error.message.includes(`127.0.0.1:${port}`),
      );
      await second.close();
    });
  });

  it('closes with idle kept-alive connections open, after the answers under way are sent', async () => {
    await withServer({}, async (web, ask) => {
      const agent = new Agent({ keepAlive: true });
      let finish: (() => void) | undefined;
      web.route('GET', '/ok', () => 'ok');
      web.route('GET', '/slow', () => new Promise((resolve) => (finish = () => resolve('done'))));
      assert.equal((await ask('/ok', { agent })).headers.connection, 'keep-alive');
      const slow = ask('/slow');
      while (!finish) await new Promise(setImmediate);
      const closed = web.close();
      finish();
      const answer = await slow;
      assert.deepEqual([answer.text, answer.headers.connection], ['done', 'close']);
      await closed;
      await assert.rejects(ask('/ok', { agent }));
      agent.destroy();
    });
  });

  it('cuts what does not end within the grace when it closes', async () => {
    await withServer({}, async (web, ask) => {
      let started = false;
      web.route('GET', '/never', () => {
        started = true;
        return new Promise(() => undefined);
      });
      const never = assert.rejects(ask('/never'), /socket hang up|ECONNRESET/);
      while (!started) await new Promise(setImmediate);
      await web.close(20);
      await never;
    });
  });
});
