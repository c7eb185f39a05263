import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';
import { poorContrasts } from '../../helpers/contrast';
import { type Project, twoGames } from '../../helpers/project';

describe('who can use the console page', () => {
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    project = twoGames();
    cluster = await startCluster(project.path('config.json'));
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    project?.[Symbol.dispose]();
  });

  it('one with the keyboard alone: every node, every button, a question, and the way back', async () => {
    await using shown = await ConsolePage.open(cluster);
    await shown.waitForText('#summary', /^4 of 4/);
    const passed = await shown.tabTo(/^a net, ready/);
    assert.equal(passed[0], 'a To the content');
    for (const stop of [/^a firefly/, /^button Reload$/, /^button Restart all$/, /^button Stop$/, /^button Colours: /])
      assert.ok(
        passed.some((name) => stop.test(name)),
        `${stop} in ${passed.join(' | ')}`,
      );
    const frame = 'getComputedStyle(document.activeElement.querySelector(".node-frame")).strokeWidth';
    await cluster.waitFor(async () => (await shown.page.evaluate(frame)) === '3px', 'frame that shows where the focus is');
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('h1', /^net$/);
    assert.match(await shown.focused(), /^main /);
    await shown.page.locator('#skip').focus();
    await shown.page.keyboard.press('Enter');
    assert.match(await shown.focused(), /^main /);
    assert.equal(await shown.textOf('h1'), 'net');
    await shown.tabTo(/^a ‹ All nodes$/);
    await shown.tabTo(/^button Reload$/);
    assert.equal(await shown.page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('dialog', /Reload the code of net\?/);
    assert.equal(await shown.focused(), 'button Cancel');
    for (const _ of [1, 2, 3, 4]) {
      await shown.page.keyboard.press('Tab');
      // Within the question, or at the browser's own bar; never at what lies below.
      assert.match(await shown.focused(), /^(button (Cancel|Reload net)|body )/);
    }
    await shown.page.keyboard.press('Escape');
    await shown.page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await shown.focused(), 'button Reload');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`one with a phone, in ${colorScheme} colours: nothing is wider than the screen, and text stands out from its ground`, async () => {
      await using shown = await ConsolePage.open(cluster, {
        browser: { viewport: { width: 360, height: 740 }, colorScheme, hasTouch: true },
      });
      await shown.waitForText('#summary', /^4 of 4/);
      assert.equal(await shown.overflow(), 0);
      assert.deepEqual(await poorContrasts(shown), []);
      // A node's card has what concerns it: no line of dashes.
      assert.doesNotMatch(await shown.textOf('table.nodes tr:has(a:text-is("gate"))'), /–/);
      await shown.page.locator('table.nodes a').first().click();
      await shown.waitForText('h1', /^gate$/);
      assert.equal(await shown.overflow(), 0);
      assert.deepEqual(await poorContrasts(shown), []);
      const small = await shown.page.evaluate(
        '[...document.querySelectorAll("button")].filter((it) => it.checkVisibility() && it.offsetHeight < 40).map((it) => it.textContent)',
      );
      assert.deepEqual(small, []);
    });
  }

  it('one who chose dark or light keeps it, whatever the system says', async () => {
    await using shown = await ConsolePage.open(cluster, { browser: { colorScheme: 'light' } });
    const ground = () => shown.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const light = await ground();
    const choice = shown.page.locator('#theme');
    while (!/dark$/.test((await choice.getAttribute('aria-label')) ?? '')) await choice.click();
    const dark = await ground();
    assert.notEqual(dark, light);
    await shown.page.reload();
    assert.equal(await ground(), dark);
  });
});
