import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';

describe('restart, drain and start from the console', () => {
  let cluster: Cluster;
  let shown: ConsolePage;
  before(async () => {
    cluster = await startCluster('config.json');
    shown = await ConsolePage.open(cluster);
    await shown.waitForText('#summary', /^5 of 5/);
  });
  after(async () => {
    await shown?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });
  const button = (name: string) => shown.page.getByRole('button', { name, exact: true });
  const pidOf = async () => (await cluster.status()).nodes.game1?.pid;
  const act = async (name: string) => {
    await button(name).click();
    await button(`${name} game1`).click();
    await shown.page.locator('dialog').waitFor({ state: 'detached' });
  };

  it('a node is restarted, and it is told when that is done', async () => {
    const before = await pidOf();
    await shown.page.getByRole('link', { name: 'game1', exact: true }).click();
    await act('Restart');
    await shown.waitForText('.notice', /^Restart of game1 is done\. It took /);
    assert.notEqual(await pidOf(), before);
    await button('Close').click();
  });

  it('a node is drained and stays away, and is there again when it is started', async () => {
    await act('Drain');
    await shown.waitForText('.notice', /^Drain of game1 is done\. /);
    await shown.waitForText('.node-head .state', /^drained$/);
    await act('Start');
    await shown.waitForText('.notice', /^Start of game1 is done\. /);
    await shown.waitForText('.node-head .state', /^ready$/);
  });

  it('asked nobody but the master, and the browser had nothing to complain of', () => {
    assert.deepEqual(shown.foreign, []);
    assert.deepEqual(shown.complaints, []);
  });
});
