/**
 * Makes the pictures of the console page and of the sample game's admin page in docs/img, in a real Chromium. For the console it is a real
 * cluster with two of each node and players who play.
 *
 *   npm run screenshots [-- --out FOLDER --seconds N --only console|admin]
 *
 * --seconds: how long the players play before the pictures are taken (75), which is what the lines of the last minutes show.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { messageOf } from '../src/thrown';
import { type Cluster, startCluster } from '../test/helpers/cluster';
import { takeAdminPictures } from './lib/adminpictures';
import { startChromium } from './lib/chromium';
import { connectClient, type GameClient } from './lib/gameclient';
import { DESKTOP, PHONE, savePicture } from './lib/screenshot';

const NODE = 'game1';
const PLAYERS = 60;
const NET_PORTS = [11009, 11010];
/** Between two requests of one player. */
const THINKING_MS = 150;

interface Picture {
  readonly name: string;
  readonly browser: BrowserContextOptions;
  /** What follows the origin. */
  readonly at: string;
  /** The whole page, or what the window shows. */
  readonly fullPage: boolean;
}

const PICTURES: readonly Picture[] = [
  ...(['light', 'dark'] as const).flatMap((colorScheme) => [
    { name: `console-desktop-${colorScheme}`, browser: { ...DESKTOP, colorScheme }, at: '', fullPage: true },
    { name: `console-phone-${colorScheme}`, browser: { ...PHONE, colorScheme }, at: '', fullPage: false },
  ]),
  { name: 'console-node-desktop-dark', browser: { ...DESKTOP, colorScheme: 'dark' }, at: `#/node/${NODE}`, fullPage: true },
  { name: 'console-node-phone-light', browser: { ...PHONE, colorScheme: 'light' }, at: `#/node/${NODE}`, fullPage: false },
];

/** Logs in and asks for the status bar again and again, until the connection ends. */
async function play(client: GameClient, name: string): Promise<void> {
  const login = JSON.parse((await client.request(101, { username: name, password: name })).text);
  let characterId = Number(login.data.characterId);
  if (!login.data.hasRole) {
    const role = await client.request(102, { userId: login.data.userId, rolename: name, profession: 1 });
    characterId = Number(JSON.parse(role.text).data.newCharacterId);
  }
  await client.request(103, { characterId });
  while (client.isOpen) {
    await client.request(105, { characterId });
    await delay(THINKING_MS * (0.5 + Math.random()));
  }
}

async function startPlayers(cluster: Cluster): Promise<GameClient[]> {
  const clients: GameClient[] = [];
  for (let number = 0; number < PLAYERS; number++) {
    const port = cluster.port(NET_PORTS[number % NET_PORTS.length] ?? 0);
    const client = await connectClient({ port, deadlineMs: 30_000 });
    clients.push(client);
    // One that is answered too late, or closed at the end, has played.
    play(client, `player${number}`).catch(() => undefined);
  }
  return clients;
}

async function show(browser: Browser, cluster: Cluster, { browser: options, at }: Picture): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${cluster.port(9998)}/${at}`);
  return page;
}

async function takePictures(folder: string, seconds: number): Promise<void> {
  await using cluster = await startCluster('config.cluster.json');
  const browser = await startChromium();
  const players = await startPlayers(cluster);
  try {
    const pages = await Promise.all(PICTURES.map((picture) => show(browser, cluster, picture)));
    await delay(seconds * 500);
    // Something to see among the ends of processes.
    await cluster.kill('game2');
    await cluster.whenReady(['game2']);
    await delay(seconds * 500);
    for (const [index, { name, fullPage }] of PICTURES.entries()) {
      const page = pages[index];
      if (page) await savePicture(page, folder, name, fullPage);
    }
  } finally {
    for (const player of players) await player.close();
    await browser.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(__dirname, '../docs/img') },
      seconds: { type: 'string', default: '75' },
      only: { type: 'string' },
    },
  });
  const folder = resolve(values.out);
  mkdirSync(folder, { recursive: true });
  if (values.only !== 'admin') await takePictures(folder, Number(values.seconds));
  if (values.only !== 'console') await takeAdminPictures(folder);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
}
