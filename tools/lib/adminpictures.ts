/** The pictures of the sample game's admin page: a game with a past, and an operator who has found a player and done something. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Cluster, startCluster } from '../../test/helpers/cluster';
import { gameWithPast } from '../../test/helpers/gamepast';
import { startChromium } from './chromium';
import { connectClient, type GameClient } from './gameclient';
import { PHONE, savePicture } from './screenshot';

const ADMIN_PORT = 2012;
/** Down to the form of an operation. */
const WINDOW = { viewport: { width: 1280, height: 1500 } };
const PLAYERS = ['adele', 'adrian', 'adam'];

export async function takeAdminPictures(folder: string): Promise<void> {
  using project = gameWithPast();
  await using cluster = await startCluster(project.path('config.json'));
  const players: GameClient[] = [];
  const browser = await startChromium();
  try {
    for (const [number, name] of PLAYERS.entries()) players.push(await enter(cluster, name, number + 1));
    const desktop = await open(browser, cluster, { ...WINDOW, colorScheme: 'light' });
    await operate(desktop, 'addCoins', { amount: '500' });
    await operate(desktop, 'setLevel', { level: '12' });
    await desktop.page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
    await savePicture(desktop.page, folder, 'admin-desktop-light', false);
    const dark = await open(browser, cluster, { ...PHONE, colorScheme: 'dark' });
    await savePicture(dark.page, folder, 'admin-phone-dark', false);
    const light = await open(browser, cluster, { ...PHONE, colorScheme: 'light' });
    await light.page.locator('#operation').selectOption('ban');
    await light.page.getByRole('button', { name: 'Go on' }).click();
    await savePicture(light.page, folder, 'admin-phone-light', false);
    const wide = await open(browser, cluster, { ...WINDOW, colorScheme: 'dark' });
    await savePicture(wide.page, folder, 'admin-desktop-dark', false);
  } finally {
    for (const player of players) await player.close();
    await browser.close();
  }
}

async function enter(cluster: Cluster, name: string, profession: number): Promise<GameClient> {
  const client = await connectClient({ port: cluster.port(11009), deadlineMs: 30_000 });
  const ask = async (command: number, request: object) => JSON.parse((await client.request(command, request)).text).data;
  await ask(101, { username: name, password: name });
  const { newCharacterId } = await ask(102, { rolename: `${name[0]?.toUpperCase()}${name.slice(1)}`, profession });
  await ask(103, { characterId: newCharacterId });
  return client;
}

/** The page with a player chosen, scrolled to where it begins. */
async function open(browser: Browser, cluster: Cluster, options: BrowserContextOptions): Promise<{ page: Page }> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`http://127.0.0.1:${cluster.port(ADMIN_PORT)}/`);
  await page.locator('#days tbody tr').nth(9).waitFor();
  await page.locator('#name').fill('ad');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('button', { name: 'Choose adele' }).click();
  await page.locator('.chosen').waitFor();
  await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
  return { page };
}

async function operate({ page }: { page: Page }, operation: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.locator('#operation').selectOption(operation);
  for (const [field, value] of Object.entries(fields)) await page.locator(`#field-${field}`).fill(value);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}
