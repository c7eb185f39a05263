import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';

const NODES = ['dbfront', 'gate', 'net', 'game1', 'admin'];

describe('the console page of the sample game', () => {
  let cluster: Cluster;
  let shown: ConsolePage;
  before(async () => {
    cluster = await startCluster('config.json');
    shown = await ConsolePage.open(cluster);
  });
  after(async () => {
    await shown?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });

  it('shows every node, as a picture and as a table of the same', async () => {
    await shown.waitForText('#summary', /^5 of 5 nodes ready$/);
    for (const name of NODES) {
      await shown.waitForText(`table.nodes tr:has(a:text-is("${name}")) .state`, /^ready$/);
      assert.match((await shown.page.locator(`a.node[aria-label^="${name}, "]`).getAttribute('aria-label')) ?? '', /^\w+, ready, /);
    }
    assert.equal(await shown.page.title(), '5/5 ready – firefly');
  });

  it('draws each link once', async () => {
    const links = await shown.page.locator('details:has(> summary:text("Links as a table")) tbody th').allTextContents();
    assert.deepEqual(links.sort(), ['admin – dbfront', 'admin – gate', 'game1 – dbfront', 'game1 – gate', 'gate – dbfront', 'net – gate']);
    assert.equal(await shown.page.locator('path.link').count(), links.length);
  });

  it('turns by itself when a node is killed, says so to who does not see it, and keeps its end', async () => {
    // It is started again at once: what was said stays.
    await shown.page.evaluate(`new MutationObserver(() => { (window.heard ??= []).push(document.getElementById('said').textContent); })
      .observe(document.getElementById('said'), { childList: true, characterData: true, subtree: true })`);
    const pid = await cluster.kill('game1');
    await shown.waitForText('.exits li', new RegExp(`game1 was killed by SIGKILL process ${pid}`));
    await shown.waitForText('table.nodes tr:has(a:text-is("game1")) td[data-title=Restarts]', /^1$/);
    await shown.waitForText('#summary', /^5 of 5/);
    const said = await cluster.waitFor(() => shown.page.evaluate('window.heard?.join(" ")'), 'word of it');
    assert.match(String(said), /game1 was killed by SIGKILL; it is [\w ]+\./);
  });

  it('calls a node that is frozen not answering, and says for how long', async () => {
    const pid = await cluster.kill('game1', 'SIGSTOP');
    try {
      await shown.waitForText('table.nodes tr:has(a:text-is("game1")) .state', /^not answering$/);
      await shown.waitForText('.notice', new RegExp(`^game1 does not answer. Process ${pid} has not answered for \\d+ s`));
      await shown.waitForText('#summary', /^4 of 5/);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await shown.waitForText('#summary', /^5 of 5/);
  });

  it('asks nothing while nobody looks, and at once when somebody does', async () => {
    const asked: string[] = [];
    shown.page.on('request', (request) => asked.push(request.url()));
    const hide = (hidden: boolean) =>
      shown.page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));`,
      );
    await cluster.waitFor(() => asked.length > 0, 'request of the page');
    await hide(true);
    const live = await shown.textOf('#live');
    // One that was on its way ends; of the seconds after it there is none.
    await delay(2_500);
    const until = asked.length;
    await delay(2_500);
    assert.equal(asked.length, until);
    await hide(false);
    await cluster.waitFor(
      async () => asked.length > until && (await shown.textOf('#live')) !== live,
      'request of a page that is looked at again',
    );
  });

  it('says that the master is gone, since when, and of when the picture is', async () => {
    process.kill(cluster.pid, 'SIGKILL');
    await shown.waitForText(
      '.notice',
      /^The master at 127\.0\.0\.1:\d+ cannot be reached since \d\d:\d\d:\d\d \(.+\)\. What is below is of \d\d:\d\d:\d\d, /,
    );
    await shown.waitForText('#live', /^last answer \d\d:\d\d:\d\d$/);
    assert.equal(await shown.page.title(), 'no answer – firefly');
    assert.match(String(await shown.page.evaluate('getComputedStyle(document.querySelector(".view")).filter')), /grayscale/);
    assert.match(await shown.textOf('table.nodes tr:has(a:text-is("game1")) .state'), /ready/);
  });

  it('asked nobody but the master, and the browser had nothing to complain of', () => {
    assert.deepEqual(shown.foreign, []);
    assert.deepEqual(shown.complaints, []);
  });
});
