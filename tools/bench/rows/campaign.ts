/**
 * Row campaign: what a fight of the sample game's campaign costs the game node, asked for over net and gate, from reading its rows to their commit; beside the rules alone.
 *
 * Each chapter has a player of its own, in full formation and equipment, at a level that makes a good fight of it.
 */

import { GAME_DATA } from '../../../app/data/gamedata';
import type { Cluster } from '../../../test/helpers/cluster';
import { http } from '../../../test/helpers/http';
import { connectClient, type GameClient } from '../../lib/gameclient';
import type { BattleLoad, BattleResult } from '../battler';
import { Peer } from '../peer';
import { processTime, writeCalls } from '../processtime';
import type { Reading, Row } from '../row';
import { meter, type Served, serverOf } from '../served';
import { percentile } from '../statistics';

const NET_PORT = 11_009;
const DRESSER_PORT = 10_015;
const DEADLINE_MS = 30_000;
const SLACK_MS = 20_000;
/** A game node in service has long seen what its code is used for. */
const WARM_UP_SECONDS = 10;
const US = 1_000;
/** A millisecond. */
const GOAL_US = 1_000;
/** Where there is nothing to compare with. */
const NONE = Number.NaN;
const GAME_NODE = 'game1';
/** Fights that a rested player has the energy for. */
const ENERGY = 30;
/** Players whose fights are under way at the same time, as on a node that is busy. */
const AT_ONCE = 16;
/** Characters of a wrong answer. */
const SHOWN = 200;
const COMMANDS = { login: 101, create: 102, enter: 103, fight: 4501 } as const;

export const campaignRow: Row = {
  key: 'campaign',
  title: 'command 4501 with a full formation, over all 53 chapters',
  beside: 'the rules alone',
  figures: [
    { name: 'CPU of the game node a fight', unit: 'us', better: 'less', goal: { value: GOAL_US } },
    { name: `the same, ${AT_ONCE} at once`, unit: 'us', better: 'less', goal: { value: GOAL_US } },
    { name: 'answer, median', unit: 'ms', better: 'less' },
  ],
  cluster: (workshop, env) => workshop.cluster('campaign.json', env),
  async open(workshop) {
    const peer = await workshop.hold('yardstick', 'battle', () => Peer.start('battler.js'));
    const cluster = await workshop.cluster('campaign.json');
    const players = await enterPlayers(cluster);
    await fightAll(cluster, players, WARM_UP_SECONDS, AT_ONCE);
    return {
      async yardstick(): Promise<Reading> {
        const load: BattleLoad = { what: 'fight', seconds: workshop.seconds };
        const detail = await peer.ask<BattleResult>(load, workshop.seconds * 1_000 + SLACK_MS);
        return { values: [detail.us, detail.us, NONE], detail };
      },
      async firefly(): Promise<Reading> {
        const detail = await fightAll(cluster, players, workshop.seconds);
        const crowd = await fightAll(cluster, players, workshop.seconds, AT_ONCE);
        const [alone, together] = [detail, crowd].map(({ cpu }) => cpu[GAME_NODE] ?? NONE) as [number, number];
        return { values: [alone, together, detail.p50 / US], detail: { ...detail, crowd } };
      },
    };
  },
};

/** A player who fights one of the chapters, at a level for it. */
interface Player {
  readonly client: GameClient;
  readonly characterId: number;
  readonly chapter: number;
}

async function enterPlayers(cluster: Cluster): Promise<Player[]> {
  const players: Player[] = [];
  for (const chapter of GAME_DATA.en.chapters.keys()) {
    const client = await connectClient({ port: cluster.port(NET_PORT), deadlineMs: DEADLINE_MS });
    const name = `fighter${chapter}`;
    const account = await ask(client, COMMANDS.login, { username: name, password: name });
    const { userId } = account;
    const role = account.hasRole ? account : await ask(client, COMMANDS.create, { userId, rolename: name, profession: 1 });
    const characterId = Number(role.characterId ?? role.newCharacterId);
    await ask(client, COMMANDS.enter, { userId, characterId });
    players.push({ client, characterId, chapter });
  }
  return players;
}

/** Everybody is rested and fights its chapter until its energy is spent, `atOnce` fights at a time; then once more while there is time left. Only the fights count. */
async function fightAll(cluster: Cluster, players: readonly Player[], seconds: number, atOnce = 1): Promise<Served> {
  const server = await serverOf(cluster, NET_PORT);
  const times: number[] = [];
  const costs = { cpu: {}, writes: {} };
  let ms = 0;
  while (ms < seconds * 1_000) {
    for (const player of players) await dress(cluster, player);
    const [cpu, writes, start] = [meter(server, processTime), meter(server, writeCalls), performance.now()];
    for (let fights = 0; fights < ENERGY; fights++) {
      const waiting = players.values();
      await Promise.all(Array.from({ length: atOnce }, () => fightOn(waiting, times)));
    }
    ms += performance.now() - start;
    add(costs.cpu, cpu(1));
    add(costs.writes, writes(1));
  }
  return served(times, ms, costs);
}

async function fightOn(waiting: Iterable<Player>, times: number[]): Promise<void> {
  for (const player of waiting) times.push(await fight(player));
}

/** @returns ms until the answer was there @throws Error when the fight was refused */
async function fight({ client, chapter }: Player): Promise<number> {
  const start = performance.now();
  const { text } = await client.request(COMMANDS.fight, { zjid: chapter });
  const took = performance.now() - start;
  const { result, data } = JSON.parse(text) as { result: boolean; data?: { battleResult: number; stepData: unknown[] } };
  if (!result || !data || data.stepData.length === 0) throw new Error(`chapter ${chapter} was not fought: ${text.slice(0, SHOWN)}`);
  return took;
}

async function dress(cluster: Cluster, { characterId, chapter }: Player): Promise<void> {
  const path = `/dress?character=${characterId}&chapter=${chapter}`;
  const { status, text } = await http({ port: cluster.port(DRESSER_PORT), path, deadlineMs: DEADLINE_MS });
  if (status !== 200) throw new Error(`${path} was answered with ${status} ${text}`);
}

/** @throws Error when the answer is a failure */
async function ask(client: GameClient, command: number, request: object): Promise<Readonly<Record<string, unknown>>> {
  const { text } = await client.request(command, request);
  const { result, data } = JSON.parse(text) as { result: boolean; data?: Readonly<Record<string, unknown>> };
  if (!result) throw new Error(`command ${command} was answered with ${text}`);
  return data ?? {};
}

type ByProcess = Record<string, number>;

function add(sum: ByProcess, more: Readonly<ByProcess>): void {
  for (const [name, value] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + value;
}

function served(times: readonly number[], ms: number, costs: { readonly cpu: ByProcess; readonly writes: ByProcess }): Served {
  const each = (sums: ByProcess) => Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / times.length]));
  const [p50, p90, p99, p999, slowest] = [50, 90, 99, 99.9, 100].map((percent) => percentile(times, percent) * US) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const answered = times.length;
  return { perSecond: (answered * 1_000) / ms, answered, p50, p90, p99, p999, slowest, cpu: each(costs.cpu), writes: each(costs.writes) };
}
