/** How the page shows what takes its time. The operations of the master are told by the test, step by step; all else is the cluster's. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';
import { type Project, twoGames } from '../../helpers/project';

interface Operation {
  readonly id: number;
  readonly kind: string;
  readonly nodes: string[];
  readonly state: string;
  readonly at: string;
  readonly ms: number;
  readonly step: string;
  readonly done: number;
  readonly total: number;
  readonly lines: string[];
  readonly error?: string;
}

describe('an operation in the console', () => {
  let project: Project;
  let cluster: Cluster;
  let shown: ConsolePage;
  let operation: Operation | null = null;
  /** On top of what the master says of nodes. */
  let nodes: Record<string, object> = {};
  let build: object | undefined;
  const asked: string[] = [];
  before(async () => {
    project = twoGames();
    cluster = await startCluster(project.path('config.json'));
    shown = await ConsolePage.open(cluster);
    await shown.page.route('**/status', async (route) => {
      const answer = await route.fetch();
      const status = await answer.json();
      for (const [name, change] of Object.entries(nodes)) Object.assign(status.nodes[name], change);
      await route.fulfill({ response: answer, json: { ...status, cluster: { ...status.cluster, operation, build } } });
    });
    for (const path of ['restart', 'drain', 'start'])
      await shown.page.route(`**/${path}?*`, async (route) => {
        asked.push(`${route.request().method()} ${new URL(route.request().url()).pathname}${new URL(route.request().url()).search}`);
        if (operation?.state === 'running')
          return route.fulfill({ status: 409, json: { error: 'a restart of gate is under way; try again when it has ended' } });
        return route.fulfill({ status: 202, json: { operation } });
      });
    await shown.waitForText('#summary', /^4 of 4/);
  });
  after(async () => {
    await shown?.page.unrouteAll({ behavior: 'ignoreErrors' });
    await shown?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    project?.[Symbol.dispose]();
  });
  const button = (name: string) => shown.page.getByRole('button', { name, exact: true });
  const running = (change: Partial<Operation> = {}): Operation => ({
    id: 7,
    kind: 'restart',
    nodes: ['gate', 'game1'],
    state: 'running',
    at: new Date().toISOString(),
    ms: 1_200,
    step: 'gate stops',
    done: 0,
    total: 2,
    lines: ['net holds what it asks of gate'],
    ...change,
  });

  it('is asked for with the node it is about', async () => {
    await shown.page.getByRole('link', { name: 'game1', exact: true }).click();
    for (const [name, path, question] of [
      ['Restart', 'restart', /game1 ends in order and starts again/],
      ['Drain', 'drain', /game1 gets no new work/],
    ] as const) {
      await button(name).click();
      await shown.waitForText('dialog', question);
      await button(`${name} game1`).click();
      await shown.page.locator('dialog').waitFor({ state: 'detached' });
      assert.equal(asked.at(-1), `POST /${path}?node=game1`);
    }
    await shown.page.getByRole('link', { name: /All nodes/ }).click();
    await button('Restart all').click();
    await shown.waitForText('dialog', /gate, net, game1 and game2 restart one after another, each ready before the next/);
    await shown.page.locator('dialog button[type=submit]').click();
    await shown.page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(asked.at(-1), 'POST /restart?node=all');
  });

  it('shows how far it is, and lets no second one begin', async () => {
    operation = running();
    await shown.waitForText('.notice', /^Restart of gate, game1: gate stops 0 of 2, 1\.2 s/);
    assert.equal(await button('Restart all').isDisabled(), true);
    operation = running({ step: 'game1 starts', done: 1, lines: ['gate is ready again', '<b>hostile</b>'] });
    await shown.waitForText('.notice', /game1 starts 1 of 2/);
    const bar = shown.page.locator('.notice progress');
    assert.deepEqual([await bar.getAttribute('value'), await bar.getAttribute('max')], ['1', '2']);
    await shown.page.locator('.notice summary').click();
    assert.match(await shown.textOf('.notice ol'), /<b>hostile<\/b>/);
  });

  it('says in the question why it cannot begin', async () => {
    operation = null;
    await shown.page.locator('.notice').waitFor({ state: 'detached' });
    await button('Restart all').click();
    operation = running();
    await shown.page.locator('dialog button[type=submit]').click();
    await shown.waitForText('dialog .wrong', /a restart of gate is under way; try again when it has ended/);
    await shown.page.keyboard.press('Escape');
  });

  it('says how it ended until that is read', async () => {
    operation = running({ state: 'failed', error: 'game1 was not ready within 30000 ms' });
    await shown.waitForText('.notice', /Restart of gate, game1 has failed: game1 was not ready within 30000 ms/);
    await button('Close').click();
    await shown.page.locator('.notice').waitFor({ state: 'detached' });
    operation = running({ id: 8, state: 'done', done: 2 });
    await shown.waitForText('.notice', /Restart of gate, game1 is done\. It took 1\.2 s\./);
    await button('Close').click();
    await shown.page.locator('.notice').waitFor({ state: 'detached' });
  });

  it('brings back a node that was drained, and one that was given up', async () => {
    const exit = { at: new Date().toISOString(), pid: 1, code: 0, signal: null, reason: 'was drained', lastLines: [] };
    nodes = { game2: { state: 'exited', pid: null, uptimeMs: null, memoryRss: null, exits: [exit] } };
    await shown.waitForText('table.nodes tr:has(a:text-is("game2")) .state', /^drained$/);
    await shown.waitForText('#summary', /^3 of 4 nodes ready, 1 drained$/);
    nodes = {
      game2: {
        state: 'failed',
        pid: null,
        restarts: 5,
        exits: [
          {
            at: new Date().toISOString(),
            pid: 1,
            code: 1,
            signal: null,
            reason: 'failed with exit code 1',
            lastLines: ['FATAL <i>why</i>'],
          },
        ],
      },
    };
    const given = await shown.waitForText('.notice', /game2 was given up: it failed with exit code 1\. It was started again 5 times\./);
    assert.match(given, /FATAL <i>why<\/i>/);
    await button('Open game2').click();
    await shown.waitForText('h1', /^game2$/);
    assert.equal(await button('Drain').count(), 0);
    await button('Start').click();
    await button('Start game2').click();
    await shown.page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(asked.at(-1), 'POST /start?node=game2');
    nodes = {};
  });

  it('is not all there is: a build that does not compile is shown with file and line', async () => {
    build = { ok: false, errors: [{ file: 'app/game.ts', line: 14, message: "Property 'nme' does not exist" }] };
    await shown.waitForText('.notice', /does not compile: 1 error[\s\S]*app\/game\.ts:14 Property 'nme' does not exist/);
    build = { ok: true, errors: [] };
    await shown.page.locator('.notice').waitFor({ state: 'detached' });
  });

  it('asked nobody but the master, and the browser had nothing to complain of', () => {
    assert.deepEqual(shown.foreign, []);
    assert.deepEqual(shown.complaints, []);
  });
});
