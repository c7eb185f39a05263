/** Who may see and do what on the master's web port: nobody without the token, but for health; no foreign page, whatever it has. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { type HttpAnswer, http } from '../../helpers/http';
import { type Project, twoGames } from '../../helpers/project';

const TOKEN = 'a-token-that-is-in-no-address';
const BEARER = { Authorization: `Bearer ${TOKEN}` };

const DATA = [
  '/status',
  '/metrics',
  '/node?name=gate',
  '/log?node=gate',
  '/profiles',
  '/profiles/x.cpuprofile',
  '/quarantine',
  '/operation',
];
const ACTS = [
  '/log/level?node=gate&level=debug',
  '/profile?node=gate',
  '/heap?node=gate',
  '/evict?table=a&pk=1',
  '/quarantine/release?all=1',
  '/quarantine/drop?table=a&pk=1',
  '/drain?node=gate',
  '/restart?node=all',
  '/start?node=gate',
  '/stop',
  '/reload',
  '/reloadmodule',
  '/build',
];
/** Firefly's, which act whatever the method. */
const ANY_METHOD = ['/stop', '/reload', '/reloadmodule'];
const OPEN = ['/healthz', '/readyz'];
const PAGE = ['/', '/page/main.js'];

/** Every path that a source of the master registers, as it stands there. */
function registered(): string[] {
  const folder = join(__dirname, '../../../src/master');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.d.ts'),
  );
  const sources = files.map((file) => readFileSync(join(folder, file), 'utf8')).filter((text) => text.includes('web.route('));
  return sources.flatMap((text) => [...text.matchAll(/'(\/[a-z/]*\*?)'/g)].map(([, path = '']) => path));
}

const FOREIGN: readonly Record<string, string>[] = [
  { Host: 'evil.example' },
  { Host: 'evil.example:9998' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: 'http://evil.example' },
  { Origin: 'http://127.0.0.1:1' },
  { Origin: 'null' },
];

describe('the web port of a master with a token', () => {
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    project = twoGames();
    const { master } = project.config() as { master: object };
    project.configure({ master: { ...master, token: TOKEN } });
    cluster = await startCluster(project.path('config.json'), { token: TOKEN });
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<HttpAnswer> =>
    http({ port: cluster.port(9998), path, headers, method, deadlineMs: 30_000 });

  it('has no route that is not asked for here', () => {
    const asked = [...DATA, ...ACTS, ...OPEN].map((path) => path.replace(/\?.*/, '').replace(/x\.cpuprofile$/, '*'));
    const paths = registered();
    assert.ok(paths.length > 15);
    assert.deepEqual(
      paths.filter((path) => !asked.includes(path)),
      [],
    );
  });

  it('shows nothing and does nothing without it, also on this machine', async () => {
    for (const path of DATA) assert.equal((await ask(path)).status, 401, path);
    for (const path of ACTS) assert.equal((await ask(path, {}, 'POST')).status, 401, path);
    for (const path of ANY_METHOD) assert.equal((await ask(path)).status, 401, path);
    assert.equal((await ask('/nothing-is-here')).status, 401);
    assert.equal((await ask('/status', { Cookie: `token=${TOKEN}` })).status, 401);
    assert.equal((await ask(`/status?token=${TOKEN}`)).status, 401);
  });

  it('tells whether it lives and is ready without it, and no more than that', async () => {
    assert.deepEqual([(await ask('/healthz')).status, (await ask('/healthz')).text], [200, 'ok\n']);
    assert.deepEqual([(await ask('/readyz')).status, (await ask('/readyz')).json()], [200, { ready: true }]);
    await cluster.kill('game1', 'SIGSTOP');
    await cluster.kill('net');
    // The process is gone; the master hears of it a moment later.
    const state = await cluster.waitFor(async () => {
      const answer = await ask('/readyz', BEARER);
      return answer.status === 503 ? answer : undefined;
    }, 'an answer that it is not ready');
    assert.ok('net' in (state.json() as { waiting: object }).waiting);
    assert.doesNotMatch((await ask('/readyz')).text, /net/);
    await cluster.kill('game1', 'SIGCONT');
    await cluster.waitFor(async () => (await ask('/readyz')).status === 200, 'readiness again');
  });

  it('refuses a foreign page and a foreign Host on every path, with and without the token', async () => {
    for (const headers of FOREIGN) {
      for (const path of [...DATA, ...OPEN, ...PAGE, ...ANY_METHOD]) {
        const what = `${path} ${JSON.stringify(headers)}`;
        assert.equal((await ask(path, headers)).status, 403, what);
        assert.equal((await ask(path, { ...BEARER, ...headers })).status, 403, what);
      }
      for (const path of ACTS) assert.equal((await ask(path, { ...BEARER, ...headers }, 'POST')).status, 403, path);
    }
  });

  it('sends every answer with headers that keep it out of caches, frames and other pages', async () => {
    for (const [path, headers] of [...OPEN, ...DATA, '/nothing-is-here'].flatMap((path) => [
      [path, BEARER] as const,
      [path, {}] as const,
    ])) {
      const answer = await ask(path, headers);
      assert.equal(answer.headers['cache-control'], 'no-store', path);
      assert.match(String(answer.headers['content-security-policy']), /default-src 'self'; frame-ancestors 'none'/, path);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', path);
      assert.equal(answer.headers['referrer-policy'], 'no-referrer', path);
      assert.equal(answer.headers['set-cookie'], undefined, path);
    }
  });

  it('leaves a line in its log for each act, with who and what came of it, and for what was refused', async () => {
    assert.equal((await ask('/log/level?node=gate&level=debug', BEARER, 'POST')).status, 200);
    assert.equal((await ask('/log/level?node=gate&level=loud', BEARER, 'POST')).status, 400);
    assert.equal((await ask('/profile?node=nobody', BEARER, 'POST')).status, 404);
    await cluster.waitForLine(/operator at 127\.0\.0\.1: POST \/log\/level node=gate level=debug: 200 done/);
    await cluster.waitForLine(/operator at 127\.0\.0\.1: POST \/log\/level node=gate level=loud: 400 level: one of trace, debug/);
    await cluster.waitForLine(/operator at 127\.0\.0\.1: POST \/profile node=nobody: 404 there is no node nobody/);
    assert.ok(cluster.lines.some((line) => line.includes('web request refused')));
    for (const [path, method, range] of [
      ['/profile?node=gate&seconds=-1e9', 'POST', 'seconds: a whole number from 1 to 20'],
      ['/profile?node=gate&seconds=21', 'POST', 'seconds: a whole number from 1 to 20'],
      ['/log?node=gate&lines=many', 'GET', 'lines: a whole number from 0 to 1000'],
      ['/log?node=gate&after=-1', 'GET', 'after: a whole number from 0 to 9007199254740991'],
      ['/drain?node=gate&deadlineMs=1e9', 'POST', 'deadlineMs: a whole number from 0 to 999999999'],
    ] as const) {
      const answer = await ask(path, BEARER, method);
      assert.deepEqual([answer.status, answer.json()], [400, { error: range }], path);
    }
    assert.ok(!cluster.lines.some((line) => line.includes(TOKEN)));
  });

  it('gives out profiles and no other file, however it is asked', async () => {
    const made = await ask('/profile?node=game1&seconds=1', BEARER, 'POST');
    assert.equal(made.status, 200, made.text);
    const { file, bytes } = made.json() as { file: string; bytes: number };
    const download = await ask(`/profiles/${file}`, BEARER);
    assert.deepEqual([download.status, download.text.length], [200, bytes]);
    assert.equal(download.headers['content-disposition'], `attachment; filename="${file}"`);
    assert.equal(download.headers['content-type'], 'application/octet-stream');
    assert.ok(Array.isArray((download.json() as { nodes: unknown }).nodes));
    writeFileSync(join(cluster.dataDir, 'x.cpuprofile'), 'secret');
    for (const path of [
      '../secret',
      '..%2fsecret',
      '../x.cpuprofile',
      '..%2fx.cpuprofile',
      '%2e%2e/x.cpuprofile',
      '',
      '.',
      '..',
      '*',
      `x/${file}`,
    ])
      assert.equal((await ask(`/profiles/${path}`, BEARER)).status, 404, path);
  });
});
