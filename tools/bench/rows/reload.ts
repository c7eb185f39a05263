/** Row reload: the sample game is reloaded again and again while players ask for their status; beside the same players without reloads. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../../../test/helpers/cluster';
import { http } from '../../../test/helpers/http';
import { connectClient, type GameClient } from '../../lib/gameclient';
import { type ReloadLoad, type ReloadOutcome, reloadUnderLoad, underLoad } from '../../lib/reloading';
import type { Memory } from '../memory';
import type { Reading, Row } from '../row';
import { median, percentile } from '../statistics';

const CONFIG = 'reload.json';
const NET_PORT = 11_009;
const WEB_PORT = 9_998;
const GAME_WEB_PORT = 10_014;
const PLAYERS = 16;
const EVERY_MS = 10;
const RELOADS = 200;
const DEADLINE_MS = 30_000;
const MIB = 1024 * 1024;
/** Where there is nothing to compare with. */
const NONE = Number.NaN;
const COMMANDS = { login: 101, create: 102, enter: 103, status: 105 } as const;

export const reloadRow: Row = {
  key: 'reload',
  title: `${RELOADS} reloads of the sample game, ${PLAYERS} players`,
  beside: 'without reloads',
  figures: [
    { name: 'load beside, median', unit: 'ms', better: 'less' },
    { name: 'load beside, p99', unit: 'ms', better: 'less' },
    { name: 'swap, median', unit: 'ms', better: 'less' },
    { name: 'swap, p99', unit: 'ms', better: 'less' },
    { name: 'slowest answer', unit: 'ms', better: 'less' },
    { name: 'heap of the game node', unit: 'MiB', better: 'less', goal: { ratio: 1.1 } },
  ],
  async open(workshop) {
    const cluster = await workshop.cluster(CONFIG);
    const load: ReloadLoad = {
      clients: await Promise.all(Array.from({ length: PLAYERS }, (_, n) => player(cluster, n))),
      everyMs: EVERY_MS,
    };
    /** After the reloads of the pair that does not count. */
    let firstHeap: number | undefined;
    return {
      async yardstick(): Promise<Reading> {
        const detail = await underLoad(load, () => delay(1_000 * workshop.seconds));
        return { values: [NONE, NONE, NONE, NONE, detail.slowestMs, firstHeap ?? NONE], detail };
      },
      async firefly(): Promise<Reading> {
        const run = await reloadUnderLoad(load, RELOADS, () => reload(cluster));
        const heap = (await memory(cluster)).heap / MIB;
        firstHeap ??= heap;
        const { prepareMs, swapMs, slowestMs } = run;
        const times = [prepareMs, swapMs].flatMap((all) => [median(all), percentile(all, 99)]);
        return { values: [...times, slowestMs, heap], detail: { ...run, heap } };
      },
    };
  },
};

async function reload(cluster: Cluster): Promise<ReloadOutcome> {
  const { json } = await http({ port: cluster.port(WEB_PORT), path: '/reload', method: 'POST', deadlineMs: DEADLINE_MS });
  return json() as ReloadOutcome;
}

async function memory(cluster: Cluster): Promise<Memory> {
  return (await http({ port: cluster.port(GAME_WEB_PORT), path: '/memory', deadlineMs: DEADLINE_MS })).json() as Memory;
}

/** Logs a player in. @returns asks for its status once */
async function player(cluster: Cluster, n: number): Promise<() => Promise<void>> {
  const client = await connectClient({ port: cluster.port(NET_PORT), deadlineMs: DEADLINE_MS });
  const name = `reloaded${n}`;
  const account = await ask(client, COMMANDS.login, { username: name, password: name });
  const { userId } = account;
  const role = account.hasRole ? account : await ask(client, COMMANDS.create, { userId, rolename: name, profession: 1 });
  const characterId = role.characterId ?? role.newCharacterId;
  await ask(client, COMMANDS.enter, { userId, characterId });
  return async () => {
    await ask(client, COMMANDS.status, { characterId });
  };
}

/** @throws Error when the answer is a failure */
async function ask(client: GameClient, command: number, request: object): Promise<Readonly<Record<string, unknown>>> {
  const { text } = await client.request(command, request);
  const { result, data } = JSON.parse(text) as { result: boolean; data?: Readonly<Record<string, unknown>> };
  if (!result) throw new Error(`command ${command} was answered with ${text}`);
  return data ?? {};
}
