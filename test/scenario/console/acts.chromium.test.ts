import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';
import { type Project, twoGames } from '../../helpers/project';

describe('the buttons of the console page', () => {
  let project: Project;
  let cluster: Cluster;
  let shown: ConsolePage;
  before(async () => {
    project = twoGames();
    cluster = await startCluster(project.path('config.json'));
    shown = await ConsolePage.open(cluster);
    await shown.waitForText('#summary', /^4 of 4 nodes ready$/);
  });
  after(async () => {
    await shown?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    project?.[Symbol.dispose]();
  });
  const button = (name: string) => shown.page.getByRole('button', { name, exact: true });
  const codeOf = async () => (await cluster.status()).nodes.game1?.codeVersion;

  it('ask first: Reload names the nodes, Cancel and Escape change nothing and give the focus back', async () => {
    const before = await codeOf();
    project.edit('app/text.ts', "export const text = 'second text';\n", { build: true });
    for (const leave of [() => button('Cancel').click(), () => shown.page.keyboard.press('Escape')]) {
      await button('Reload').click();
      const asked = await shown.waitForText('dialog', /Reload the code of all nodes\?/);
      assert.match(asked, /gate, net, game1 and game2 load their modules afresh/);
      await leave();
      await shown.page.locator('dialog').waitFor({ state: 'detached' });
      assert.equal(await shown.focused(), 'button Reload');
    }
    assert.equal(await codeOf(), before);
  });

  it('reload all nodes when the answer is yes, and say how it went', async () => {
    const before = await codeOf();
    await button('Reload').click();
    await shown.page.locator('dialog button[type=submit]').click();
    await shown.page.locator('dialog').waitFor({ state: 'detached' });
    assert.notEqual(await codeOf(), before);
    await shown.waitForText('table.nodes tr:has(a:text-is("game1")) td[data-title=Code]', new RegExp(`^${await codeOf()}$`));
  });

  it('say after a reload what waits for a restart, until that is read', async () => {
    const text = "import { onStart } from 'firefly-ts';\nonStart(() => undefined);\nexport const text = 'second text';\n";
    project.edit('app/text.ts', text, { build: true });
    await button('Reload').click();
    await shown.page.locator('dialog button[type=submit]').click();
    const said = await shown.waitForText('.notice', /^Reloaded: all nodes run the new code/);
    assert.match(said, /onStart at \S*app\/text\.ts:2 runs when game1 restarts: npx firefly restart game1/);
    await button('Close').click();
    await shown.page.locator('.notice').waitFor({ state: 'detached' });
  });

  it('show which node could not load which line when a reload fails, until that is read', async () => {
    const before = await codeOf();
    project.edit('app/text.ts', "export const text = 'third text';\nthrow new Error('<b>no</b>');\n", { build: true });
    await button('Reload').click();
    await shown.page.locator('dialog button[type=submit]').click();
    const said = await shown.waitForText('.notice', /The reload has failed/);
    assert.match(said, /game1: .*app\/text\.ts:2 .*<b>no<\/b>/);
    assert.equal(await shown.page.locator('.notice li b').count(), 0);
    assert.equal(await codeOf(), before);
    await button('Close').click();
    await shown.page.locator('.notice').waitFor({ state: 'detached' });
  });

  it('stop the cluster only for who types it, and then say that this is why nobody answers', async () => {
    await button('Stop').click();
    assert.match(await shown.textOf('dialog'), /gate, net, game1 and game2 stop in order, then the master/);
    const yes = button('Stop the cluster');
    assert.equal(await yes.isDisabled(), true);
    await shown.page.keyboard.type('stop');
    assert.equal(await yes.isDisabled(), false);
    await yes.click();
    assert.equal(await cluster.whenExited(60_000), 0);
    await shown.waitForText('.notice', /^The cluster was stopped from here at /);
  });

  it('asked nobody but the master, and the browser had nothing to complain of', () => {
    assert.deepEqual(shown.foreign, []);
    assert.deepEqual(shown.complaints, []);
  });
});
