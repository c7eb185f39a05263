import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';
import { twoGames } from '../../helpers/project';

const TOKEN = 'a-token-that-is-in-no-address';

describe('the console page of a cluster with a token', () => {
  it('asks for it, sends it in a header, keeps it for the tab alone, and shows nothing without', async () => {
    using project = twoGames();
    project.configure({ master: { rootport: 9999, webport: 9998, token: TOKEN } });
    await using cluster = await startCluster(project.path('config.json'), { token: TOKEN });
    await using shown = await ConsolePage.open(cluster);
    const addresses: string[] = [];
    shown.page.on('request', (request) => addresses.push(request.url()));
    await shown.waitForText('dialog', /This cluster asks for a token/);
    assert.equal(await shown.page.locator('table.nodes').count(), 1);
    assert.equal(await shown.page.locator('table.nodes tbody tr').count(), 0);

    await shown.page.keyboard.type('not the token');
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('dialog .wrong', /That is not the token of this cluster/);
    await shown.page.keyboard.press('Escape');
    await shown.waitForText('.notice', /^The master asks for a token\./);

    await shown.page.getByRole('button', { name: 'Enter the token' }).click();
    await shown.page.keyboard.type(TOKEN);
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('#summary', /^4 of 4 nodes ready$/);
    await shown.page.locator('dialog').waitFor({ state: 'detached' });
    await shown.page.locator('.notice').waitFor({ state: 'detached' });

    await shown.page.reload();
    await shown.waitForText('#summary', /^4 of 4/);
    assert.equal(await shown.page.evaluate('localStorage.length + document.cookie.length'), 0);
    assert.deepEqual(
      addresses.filter((address) => address.includes(TOKEN)),
      [],
    );
    assert.deepEqual(shown.foreign, []);
    assert.deepEqual(shown.complaints, []);
  });
});
