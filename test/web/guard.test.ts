import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AccessGuard, type Asking } from '../../src/web/guard';
import { WebServer } from '../../src/web/server';
import { http } from '../helpers/http';
import { keptLog } from '../helpers/log';

const LOCAL: Asking = {
  headers: {},
  hostLines: ['127.0.0.1:9998'],
  remoteAddress: '127.0.0.1',
  localAddress: '127.0.0.1',
  localPort: 9998,
};

/** The kind of refusal that a guard gives to a variation of a plain local request; undefined when it passes. */
function refusal(change: Partial<Asking>, options: { hosts?: string[]; token?: string } = {}) {
  return new AccessGuard({ hosts: [], ...options }).check({ ...LOCAL, ...change })?.kind;
}

describe('the guard, without a token', () => {
  it('lets this machine in under its loopback names', () => {
    for (const host of ['127.0.0.1:9998', 'localhost:9998', 'LocalHost:9998', '[::1]:9998'])
      assert.equal(refusal({ hostLines: [host] }), undefined, host);
    assert.equal(refusal({ remoteAddress: '::ffff:127.0.0.1', localAddress: '::ffff:127.0.0.1' }), undefined);
  });

  it('refuses a Host that is not ours: another name, another port, none, two', () => {
    for (const host of ['evil.example:9998', 'evil.example', '127.0.0.1', 'localhost:9999', '127.0.0.1.evil.example:9998', ''])
      assert.equal(refusal({ hostLines: [host] }), 'host', host);
    assert.equal(refusal({ hostLines: [] }), 'host');
    assert.equal(refusal({ hostLines: ['localhost:9998', 'localhost:9998'] }), 'host');
  });

  it('refuses what a browser asks ahead of its user, and a proxy that speaks for somebody else', () => {
    for (const header of ['sec-purpose', 'purpose']) assert.equal(refusal({ headers: { [header]: 'prefetch;prerender' } }), 'cross-site');
    for (const header of ['via', 'x-forwarded-host', 'x-forwarded-for'])
      assert.equal(refusal({ headers: { [header]: 'proxy' } }), 'remote');
  });

  it('refuses what a browser sends for a page of another origin', () => {
    for (const site of ['cross-site', 'same-site', 'nonsense', ''])
      assert.equal(refusal({ headers: { 'sec-fetch-site': site } }), 'cross-site', site);
    for (const site of ['same-origin', 'none']) assert.equal(refusal({ headers: { 'sec-fetch-site': site } }), undefined, site);
    for (const origin of ['null', 'http://evil.example', 'http://127.0.0.1:3000', 'http://localhost:9998', 'file://'])
      assert.equal(refusal({ headers: { origin } }), 'origin', origin);
    assert.equal(refusal({ headers: { origin: 'http://127.0.0.1:9998' } }), undefined);
  });

  it('refuses other machines, and this one when it speaks for others', () => {
    const reached = { localAddress: '192.0.2.1', hostLines: ['192.0.2.1:9998'] };
    assert.equal(refusal({ ...reached, remoteAddress: '192.0.2.7' }), 'remote');
    assert.equal(refusal({ remoteAddress: '192.0.2.7' }), 'remote');
    assert.equal(refusal({ headers: { 'x-forwarded-for': '192.0.2.7' } }), 'remote');
    assert.equal(refusal({ hostLines: ['game.example:9998'] }, { hosts: ['game.example'] }), 'remote');
  });
});

describe('the guard, with a token', () => {
  const options = { token: 's3cret', hosts: ['game.example', 'proxy.example:443'] };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('lets in who carries it, from anywhere, and nobody else', () => {
    assert.equal(refusal({ headers: bearer('s3cret') }, options), undefined);
    assert.equal(refusal({ headers: bearer('s3cret'), remoteAddress: '192.0.2.7' }, options), undefined);
    assert.equal(refusal({}, options), 'token');
    for (const headers of [bearer('s3cre'), bearer('s3cret2'), bearer(''), { authorization: 'Basic s3cret' }, { cookie: 'token=s3cret' }])
      assert.equal(refusal({ headers }, options), 'token', JSON.stringify(headers));
  });

  it('knows the hosts of the config, with our port or with the one they name', () => {
    const asked = (host: string) => refusal({ headers: bearer('s3cret'), hostLines: [host] }, options);
    assert.equal(asked('game.example:9998'), undefined);
    assert.equal(asked('game.example'), 'host');
    assert.equal(asked('proxy.example:443'), undefined);
    assert.equal(asked('proxy.example'), undefined);
    assert.equal(asked('proxy.example:9998'), 'host');
  });

  it('still refuses pages of other origins', () => {
    assert.equal(refusal({ headers: { ...bearer('s3cret'), origin: 'http://evil.example' } }, options), 'origin');
  });
});

describe('a web port behind the guard', () => {
  it('refuses on every path before any handler, and logs a kind of refusal once a second', async () => {
    const { log, lines } = keptLog();
    let runs = 0;
    const web = new WebServer({ log, hosts: [] });
    web.route('GET', '/stop', () => {
      runs += 1;
    });
    const port = await web.listen(0, '127.0.0.1');
    try {
      for (const path of ['/stop', '/missing', '/stop']) {
        const answer = await http({ port, path, headers: { Host: 'evil.example' } });
        assert.equal(answer.status, 403);
        assert.match(String((answer.json() as { error: string }).error), /Host is not one of this server; .* master\.roothost /);
      }
      assert.equal((await http({ port, path: '/stop', headers: { 'Sec-Fetch-Site': 'cross-site' } })).status, 403);
      assert.equal(runs, 0);
      assert.deepEqual(
        lines.map((line) => [line.msg, line.request, line.host]),
        [
          ['web request refused', 'GET /stop', 'evil.example'],
          ['web request refused', 'GET /stop', `127.0.0.1:${port}`],
        ],
      );
    } finally {
      await web.close();
    }
  });

  it('asks for the token with 401, and never takes it from the address', async () => {
    const web = new WebServer({ log: keptLog().log, hosts: [], token: 's3cret' });
    web.route('GET', '/status', () => 'ready');
    const port = await web.listen(0, '127.0.0.1');
    try {
      const without = await http({ port, path: '/status?token=s3cret' });
      assert.deepEqual([without.status, without.headers['www-authenticate']], [401, 'Bearer']);
      assert.equal((await http({ port, path: '/status', headers: { Authorization: 'Bearer s3cret' } })).text, 'ready');
    } finally {
      await web.close();
    }
  });

  it('answers 403 to a proxy on this machine that speaks for somebody else, while no token is set', async () => {
    const web = new WebServer({ log: keptLog().log, hosts: [] });
    web.route('GET', '/status', () => 'ready');
    const port = await web.listen(0, '0.0.0.0');
    try {
      for (const header of ['Forwarded', 'X-Forwarded-For', 'X-Real-IP'])
        assert.equal((await http({ port, path: '/status', headers: { [header]: '192.0.2.7' } })).status, 403, header);
      assert.equal((await http({ port, path: '/status' })).text, 'ready');
    } finally {
      await web.close();
    }
  });
});
