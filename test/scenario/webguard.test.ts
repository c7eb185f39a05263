import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../helpers/cluster';
import { type HttpAnswer, http } from '../helpers/http';
import { type Project, variantOf } from '../helpers/project';

const TOKEN = 'a-token-that-is-in-no-address';

/** Every path that a page of somebody else must not reach, by port before the offset. */
const PATHS: readonly (readonly [port: number, paths: readonly string[]])[] = [
  [9998, ['/stop', '/reload', '/reloadmodule', '/status']],
  [2012, ['/statistics', '/dayrecored?index=1', '/opera?username=a&operation=ban', '/operations', '/recharge']],
];

interface Refused {
  readonly what: string;
  readonly headers: Record<string, string>;
  readonly method?: string;
  /** Added to the path. */
  readonly query?: string;
  readonly status: number;
  /** In the answer and in the log. */
  readonly reason: RegExp;
}

/** What a browser sends for a page of another origin, and what reaches us under a name that is not ours. */
const FOREIGN: readonly Refused[] = [
  { what: 'a Host that is not ours', headers: { Host: 'evil.example' }, status: 403, reason: /the Host is not one of this server/ },
  {
    what: 'a Host that is not ours, with our port',
    headers: { Host: 'evil.example:9998' },
    status: 403,
    reason: /the Host is not one of this server/,
  },
  { what: 'a picture tag elsewhere', headers: { 'Sec-Fetch-Site': 'cross-site' }, status: 403, reason: /asked by a page of another site/ },
  { what: 'a page on another port', headers: { 'Sec-Fetch-Site': 'same-site' }, status: 403, reason: /asked by a page of another site/ },
  { what: 'a foreign Origin', headers: { Origin: 'http://evil.example' }, status: 403, reason: /asked by a page of another origin/ },
  { what: 'a form elsewhere', headers: { Origin: 'null' }, method: 'POST', status: 403, reason: /asked by a page of another origin/ },
];

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

const WITHOUT_TOKEN: readonly Refused[] = [
  { what: 'no token', headers: {}, status: 401, reason: /the token is missing or wrong/ },
  { what: 'a wrong token', headers: bearer(`${TOKEN}?`), status: 401, reason: /the token is missing or wrong/ },
  {
    what: 'the token as a password',
    headers: { Authorization: `Basic ${btoa(`:${TOKEN}`)}` },
    status: 401,
    reason: /the token is missing or wrong/,
  },
  { what: 'the token in a cookie', headers: { Cookie: `token=${TOKEN}` }, status: 401, reason: /the token is missing or wrong/ },
  { what: 'the token in the address', headers: {}, query: `token=${TOKEN}`, status: 401, reason: /the token is missing or wrong/ },
  ...FOREIGN.map((refused) => ({
    ...refused,
    what: `the right token and ${refused.what}`,
    headers: { ...refused.headers, ...bearer(TOKEN) },
  })),
];

/** Asks for every path of every port so that each is refused, and checks that nobody stopped or reloaded. */
async function refusesEverywhere(cluster: Cluster, { headers, method, query, status, reason }: Refused): Promise<void> {
  for (const [port, paths] of PATHS) {
    for (const path of paths) {
      const target = query === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
      const answer = await http({ port: cluster.port(port), path: target, headers, ...(method ? { method } : {}) });
      assert.equal(answer.status, status, path);
      assert.match((answer.json() as { error: string }).error, reason);
    }
  }
  const { nodes } = await cluster.status();
  for (const [name, node] of Object.entries(nodes)) assert.deepEqual([node.state, node.restarts], ['ready', 0], name);
  assert.equal(cluster.exit, undefined);
  assert.equal(cluster.lines.filter((line) => / (stopping|reloaded)\b/.test(line)).length, 0);
}

/** Refusals are logged once a second for each kind, so that they cannot fill the disk; every reason is there. */
async function logged(cluster: Cluster, all: readonly Refused[]): Promise<void> {
  for (const { reason } of all)
    for (const node of ['master', 'admin']) await cluster.waitForLine(new RegExp(` ${node} WARN web request refused .*${reason.source}`));
}

describe('the web ports of the sample game as it is shipped', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster('config.json');
  });
  after(() => cluster[Symbol.asyncDispose]());

  for (const refused of FOREIGN) it(`refuse ${refused.what}`, () => refusesEverywhere(cluster, refused));

  it('say so in the log', () => logged(cluster, FOREIGN));

  it('run nothing for a question about a page', async () => {
    for (const method of ['HEAD', 'OPTIONS']) {
      const answer = await http({ port: cluster.port(9998), path: '/stop', method });
      assert.equal(answer.status, 405);
    }
    assert.equal((await cluster.get('/status')).status, 200);
  });

  it('do for this machine what it asks', async () => {
    assert.equal((await cluster.get('/reload', { 'Sec-Fetch-Site': 'same-origin' })).status, 200);
    assert.equal((await http({ port: cluster.port(2012), path: '/statistics' })).status, 200);
    assert.equal(await cluster.stop(), 0);
  });
});

describe('the web ports of a cluster with a token', () => {
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    project = variantOf('config.json', { master: { token: TOKEN } });
    cluster = await startCluster(project.path('config.json'), { token: TOKEN });
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });
  const ask = (port: number, path: string): Promise<HttpAnswer> => http({ port: cluster.port(port), path, headers: bearer(TOKEN) });

  for (const refused of WITHOUT_TOKEN) it(`refuse ${refused.what}`, () => refusesEverywhere(cluster, refused));

  it('say so in the log, and never the token', async () => {
    await logged(cluster, WITHOUT_TOKEN);
    assert.deepEqual(
      cluster.lines.filter((line) => line.includes(TOKEN)),
      [],
    );
  });

  it('do for who carries it what it asks', async () => {
    assert.equal((await ask(2012, '/statistics')).status, 200);
    assert.equal((await ask(9998, '/reload')).status, 200);
    assert.equal((await ask(9998, '/stop')).text, 'stop');
    assert.equal(await cluster.whenExited(), 0);
  });
});
