/** The admin node's page in a real Chromium: what an operator sees and does there. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectClient, type GameClient } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';
import { poorContrasts } from '../../helpers/contrast';
import { gameWithPast, PAST_DAYS } from '../../helpers/gamepast';
import { http } from '../../helpers/http';
import type { Project } from '../../helpers/project';

const TOKEN = 'a-token-that-is-in-no-address';
const ADMIN_PORT = 2012;

let project: Project;
let cluster: Cluster;
let player: GameClient;
before(async () => {
  project = gameWithPast({ master: { token: TOKEN } });
  cluster = await startCluster(project.path('config.json'), { token: TOKEN });
  player = await connectClient({ port: cluster.port(11009), deadlineMs: 30_000 });
  await ask(101, { username: 'adele', password: 'adele' });
  const { data } = await ask(102, { rolename: 'Queen <b>A</b>', profession: 1 });
  await ask(103, { characterId: data.newCharacterId });
  const today = async () => (await get('/dayrecored'))[0]?.recorddate === new Date().toISOString().slice(0, 10);
  await cluster.waitFor(today, 'count of this day', 60_000);
});
after(async () => {
  await player?.close();
  await cluster?.[Symbol.asyncDispose]();
  project?.[Symbol.dispose]();
});

const ask = async (command: number, request: object) => JSON.parse((await player.request(command, request)).text);
const get = async (path: string) =>
  (await http({ port: cluster.port(ADMIN_PORT), path, headers: { Authorization: `Bearer ${TOKEN}` } })).json() as Record<string, unknown>[];

async function open(browser: object = {}): Promise<ConsolePage> {
  const shown = await ConsolePage.open(cluster, { port: ADMIN_PORT, browser });
  await shown.waitForText('dialog', /This game asks for a token/);
  await shown.page.keyboard.type(TOKEN);
  await shown.page.keyboard.press('Enter');
  await shown.waitForText('#figure-role_cnt', /^1$/);
  await shown.page.locator('dialog').waitFor({ state: 'detached' });
  return shown;
}

async function choose(shown: ConsolePage, name: string, account: string): Promise<void> {
  await shown.page.locator('#name').fill(name);
  await shown.page.getByRole('button', { name: 'Find' }).click();
  await shown.page.getByRole('button', { name: `Choose ${account}` }).click();
  await shown.waitForText('.chosen h3', new RegExp(`^${account}: `));
}

describe('the admin page', () => {
  it('asks for the token, keeps it for the tab alone, and shows nothing of the game without', async () => {
    await using shown = await ConsolePage.open(cluster, { port: ADMIN_PORT });
    const addresses: string[] = [];
    shown.page.on('request', (request) => addresses.push(request.url()));
    await shown.waitForText('dialog', /This game asks for a token/);
    assert.equal(await shown.page.locator('tbody tr').count(), 0);
    await shown.page.keyboard.type('not the token');
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('dialog .wrong', /That is not the token of this cluster/);
    await shown.page.keyboard.press('Escape');
    await shown.waitForText('#notice', /asks for a token/);
    await shown.page.getByRole('button', { name: 'Enter the token' }).click();
    await shown.page.keyboard.type(TOKEN);
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('#figure-role_cnt', /^1$/);
    await shown.page.locator('#notice').waitFor({ state: 'hidden' });
    await shown.page.reload();
    await shown.waitForText('#figure-role_cnt', /^1$/);
    assert.equal(await shown.page.evaluate('localStorage.length + document.cookie.length'), 0);
    assert.deepEqual(
      addresses.filter((address) => address.includes(TOKEN)),
      [],
    );
    assert.deepEqual([shown.foreign, shown.complaints], [[], []]);
  });

  it('shows the days as plots and as a table, thirty at a time, with the figures that the node has', async () => {
    await using shown = await open();
    await shown.waitForText('#days tbody tr:nth-child(30) th', /^\d{4}-\d\d-\d\d$/);
    const newest = await shown.textOf('#days tbody tr th');
    const rows = [1, 2, 3, 4, 5].map((index) => get(`/dayrecored?index=${index}`));
    const all = (await Promise.all(rows)).flat();
    assert.equal(all.length, PAST_DAYS + 1);
    const day = all[3];
    assert.ok(day);
    const line = await shown.page.locator('#days tbody tr', { hasText: String(day.recorddate) }).innerText();
    const cells = line.split(/\t/);
    const number = (value: unknown) => Number(value).toLocaleString('en', { maximumFractionDigits: 2 });
    assert.deepEqual(cells, [
      day.recorddate,
      ...['high', 'onlineaverage', 'onlinetotal', 'createrole', 'loginuser', 'r_rate', 'pay_goal', 'pay_cnt'].map((field) =>
        number(day[field]),
      ),
      `${number(day.pay_rate)} %`,
      ...['f_arpu', 'z_arpu', 'cons_goal', 'user_cnt'].map((field) => number(day[field])),
    ]);
    assert.deepEqual(await shown.page.locator('figcaption').allInnerTexts(), [
      'Players online',
      'New roles',
      'Income',
      'ARPU',
      'Pay rate',
      'Gold spent',
    ]);
    for (const field of ['createrole', 'pay_goal']) assert.equal(await shown.page.locator(`[data-field=${field}] rect`).count(), 30);
    const income = shown.page.getByRole('slider', { name: 'Income, day by day' });
    await income.focus();
    await shown.page.keyboard.press('End');
    for (let back = 3; back > 0; back--) await shown.page.keyboard.press('ArrowLeft');
    assert.match((await income.getAttribute('aria-valuetext')) ?? '', new RegExp(`: ${number(day.pay_goal)} paid$`));

    await shown.page.locator('#days').getByRole('button', { name: 'Earlier' }).click();
    await shown.waitForText('#days tbody tr th', new RegExp(`^${all[30]?.recorddate}$`));
    assert.equal(await shown.page.locator('#days tbody tr').count(), all.length - 30);
    assert.equal(await shown.page.locator('#days').getByRole('button', { name: 'Earlier' }).isDisabled(), true);
    await shown.page.locator('#days').getByRole('button', { name: 'Later' }).click();
    await shown.waitForText('#days tbody tr th', new RegExp(`^${newest}$`));
    assert.deepEqual([shown.foreign, shown.complaints], [[], []]);
  });

  it('finds a player by account and by role, asks before it changes anything, and says what came of it', async () => {
    await using shown = await open();
    await choose(shown, 'Queen', 'adele');
    // What a player calls a role is text, whatever it says.
    assert.equal(await shown.textOf('.chosen h3'), 'adele: role Queen <b>A</b>, level 1');
    await choose(shown, 'ade', 'adele');
    await shown.page.locator('#field-amount').fill('500');
    await shown.page.getByRole('button', { name: 'Go on' }).click();
    await shown.waitForText('dialog', /Add coins: adele\?[\s\S]*Gives 500 coins\./);
    await shown.page.keyboard.press('Escape');
    assert.equal((await ask(105, {})).data.coin, 10_000);

    await shown.page.getByRole('button', { name: 'Go on' }).click();
    await shown.page.getByRole('button', { name: 'Add coins' }).click();
    await shown.waitForText('.outcome', /^Done for adele: Gives 500 coins\.$/);
    await shown.waitForText('#players tbody td:nth-child(4)', /^10,500$/);
    await shown.waitForText('#records tbody tr', /adele\s+addCoins\s+amount=500\s+127\.0\.0\.1/);
    assert.equal((await ask(105, {})).data.coin, 10_500);
    assert.ok(cluster.lines.some((line) => line.includes('an operator asked for a change') && line.includes('amount=500')));
    assert.ok(cluster.lines.every((line) => !line.includes(TOKEN)));
    assert.deepEqual([shown.foreign, shown.complaints], [[], []]);
  });

  it('does each operation that there is', async () => {
    await using shown = await open();
    await choose(shown, 'adele', 'adele');
    for (const [operation, fields, said] of [
      ['addGold', { amount: '70' }, /Gives 70 gold/],
      ['addExp', { amount: '217' }, /Gives 217 experience/],
      ['addEnergy', { amount: '3' }, /Gives 3 energy/],
      ['setLevel', { level: '12' }, /Sets level 12/],
      ['addItem', { template: '42004026', count: '3' }, /Puts 3 × .+ \(42004026\)/],
      ['addPet', { template: '15001' }, /Gives .+ \(15001\), of level 1/],
      ['ban', {}, /lets the account log in no more/],
      ['unban', {}, /Lets the account log in again/],
    ] as const) {
      await shown.page.locator('#operation').selectOption(operation);
      for (const [field, value] of Object.entries(fields)) {
        const input = shown.page.locator(`#field-${field}`);
        if (field === 'template') await input.selectOption(value);
        else await input.fill(value);
      }
      await shown.page.getByRole('button', { name: 'Go on' }).click();
      await shown.page.locator('dialog button[type=submit]').click();
      await shown.waitForText('.outcome', said);
      await shown.waitForText('#records tbody tr', new RegExp(`\\b${operation}\\b`));
      if (operation === 'ban') await player.closed;
    }
    await shown.waitForText('#players tbody td:nth-child(3)', /^12$/);
    await shown.waitForText('#players tbody td:last-child', /^may log in$/);
  });

  it('says in the question what the game refuses, and changes nothing', async () => {
    await using shown = await open();
    await choose(shown, 'adele', 'adele');
    const before = await get('/operations');
    await shown.page.locator('#operation').selectOption('addItem');
    await shown.page.locator('#field-template').selectOption('10150001');
    await shown.page.locator('#field-count').fill('999');
    await shown.page.getByRole('button', { name: 'Go on' }).click();
    await shown.page.locator('dialog button[type=submit]').click();
    await shown.waitForText('dialog .wrong', /Your package is full/);
    await shown.page.keyboard.press('Escape');
    assert.equal(await shown.textOf('.outcome'), '');
    assert.deepEqual(await get('/operations'), before);
    assert.ok(cluster.lines.some((line) => line.includes('an operator asked for a change') && line.includes('Your package is full')));
  });

  it('can be used with the keyboard alone', async () => {
    await using shown = await open();
    const passed = await shown.tabTo(/^input /);
    for (const stop of [/^a To the players/, /^button Colours: /, /^svg Income, day by day/, /^div The days as a table/])
      assert.ok(
        passed.some((name) => stop.test(name)),
        `${stop} in ${passed.join(' | ')}`,
      );
    await shown.page.keyboard.type('adele');
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('#players tbody', /adele/);
    await shown.tabTo(/^button Choose adele$/);
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('.chosen h3', /^adele/);
    assert.match(await shown.focused(), /^h3 adele/);
    await shown.tabTo(/^input /);
    await shown.page.keyboard.type('1');
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('dialog', /Gives 1 coins/);
    assert.equal(await shown.focused(), 'button Cancel');
    await shown.page.keyboard.press('Tab');
    await shown.page.keyboard.press('Enter');
    await shown.waitForText('.outcome', /^Done for adele/);
  });

  it('is there after a reload, and to nobody but its own kind of request', async () => {
    const reload = { port: cluster.port(9998), path: '/reload', headers: { Authorization: `Bearer ${TOKEN}` }, deadlineMs: 60_000 };
    const answer = await http(reload);
    assert.equal(answer.status, 200, answer.text);
    const port = cluster.port(ADMIN_PORT);
    const statuses = async (requests: readonly (readonly [method: string, path: string, headers?: Record<string, string>])[]) =>
      Promise.all(requests.map(async ([method, path, headers = {}]) => (await http({ port, method, path, headers })).status));
    assert.deepEqual(
      await statuses([
        ['GET', '/'],
        ['GET', '/page/main.mjs'],
        ['GET', '/page/../page.js'],
        ['POST', '/'],
      ]),
      [200, 200, 401, 401],
    );
    for (const path of ['/players?name=a', '/online', '/templates', '/operations', '/statistics', '/dayrecored', '/opera'])
      assert.deepEqual(
        await statuses([
          ['GET', path],
          ['POST', path],
        ]),
        [401, 401],
        path,
      );
    assert.deepEqual(await statuses([['GET', '/', { 'Sec-Fetch-Site': 'cross-site' }]]), [403]);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`fits a phone in ${colorScheme} colours: nothing is wider than the screen, and text stands out from its ground`, async () => {
      await using shown = await open({ viewport: { width: 360, height: 740 }, colorScheme, hasTouch: true });
      await shown.waitForText('#days tbody tr:nth-child(30) th', /./);
      await choose(shown, 'adele', 'adele');
      assert.equal(await shown.overflow(), 0);
      assert.deepEqual(await poorContrasts(shown), []);
      const small =
        '[...document.querySelectorAll("button, input, select")].filter((it) => it.checkVisibility() && it.offsetHeight < 40).map((it) => it.id)';
      assert.deepEqual(await shown.page.evaluate(small), []);
    });
  }
});
