/** A cluster of the sample game with players in it, and commands of a test's own that give them what the game would let them earn. */
import assert from 'node:assert/strict';
import { en } from '../../../app/share/texts/en';
import { connectClient, type GameClient } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { type Project, variantOf } from '../../helpers/project';

export interface Reply {
  readonly result: boolean;
  readonly message: string;
  readonly data?: Record<string, unknown>;
  readonly [field: string]: unknown;
}

const GIVE_PET = 9101;
const GIVE_ITEMS = 9102;
const SET = 9103;
const QUERY = 9104;

const EXTRA = {
  'extra/gate.ts': `
import '../app/gateserver';
import { FORWARDED } from '../app/share/commands';
for (const command of [${GIVE_PET}, ${GIVE_ITEMS}, ${SET}, ${QUERY}]) (FORWARDED as Set<number>).add(command);
`,
  'extra/game.ts': `
import '../app/gameserver';
import { db, transaction } from 'firefly-ts';
import { playerCommand } from '../app/game/channel';
import { gameData } from '../app/game/data';
import { giveItems } from '../app/game/package/rows';
import { givePet } from '../app/game/pets/rows';
import { done, success } from '../app/share/reply';
import { characters, pets } from '../app/share/tables';
playerCommand(${GIVE_PET}, ({ characterId }, request) => transaction(async (t) => {
  const id = await givePet(t, characterId, gameData().pets.get(request.integer('template'))!);
  await t.update(pets, id, { level: request.integer('level') });
  return success({ id });
}));
playerCommand(${GIVE_ITEMS}, ({ characterId }, request) => transaction(async (t) => {
  await giveItems(t, characterId, gameData().items.get(request.integer('template'))!, request.integer('count'));
  return done();
}));
playerCommand(${SET}, ({ characterId }, request) => transaction(async (t) => {
  await t.update(characters, characterId, request.raw('columns') as object);
  return done();
}));
playerCommand(${QUERY}, async (_player, request) => success((await db.query(String(request.raw('sql')), [], { fresh: true })).rows));
`,
};

/** A client that is in the game. */
export class Gamer implements AsyncDisposable {
  private constructor(
    readonly client: GameClient,
    readonly name: string,
    readonly characterId: number,
  ) {}

  static async enter(port: number, name: string, profession = 1): Promise<Gamer> {
    const client = await connectClient({ port, deadlineMs: 30_000 });
    const ask = async (command: number, request: object) => JSON.parse((await client.request(command, request)).text) as Reply;
    const login = await ask(101, { username: name, password: name });
    const created = await ask(102, { rolename: name, profession });
    const characterId = Number(created.data?.newCharacterId ?? login.data?.characterId);
    const entered = await ask(103, { characterId });
    assert.ok(entered.result, JSON.stringify([login, created, entered]));
    return new Gamer(client, name, characterId);
  }

  async ask(command: number, request: object = {}): Promise<Reply> {
    const reply = JSON.parse((await this.client.request(command, { characterId: this.characterId, ...request })).text) as Reply;
    assert.equal(typeof reply.message, 'string', `message of ${command}`);
    return reply;
  }

  /** The data of a request that succeeds. */
  async get<T = Record<string, unknown>>(command: number, request: object = {}): Promise<T> {
    const reply = await this.ask(command, request);
    assert.ok(reply.result, `${command} ${JSON.stringify(request)}: ${reply.message}`);
    return reply.data as T;
  }

  /** The request is refused for that reason. */
  async refused(command: number, request: object, key: keyof typeof en): Promise<void> {
    const { result, message } = await this.ask(command, request);
    assert.ok(!result && message.startsWith(en[key]), `${command} ${JSON.stringify(request)}: ${result} ${message}`);
  }

  /** @returns the pet's id */
  async pet(template: number, level = 1): Promise<number> {
    return Number((await this.get(GIVE_PET, { template, level })).id);
  }

  async items(template: number, count = 1): Promise<void> {
    await this.get(GIVE_ITEMS, { template, count });
  }

  /** Writes columns of its own character. */
  async set(columns: Record<string, number>): Promise<void> {
    await this.get(SET, { columns });
  }

  /** What the database has, with everything that was acknowledged. */
  rows(sql: string): Promise<Record<string, unknown>[]> {
    return this.get(QUERY, { sql });
  }

  async row(sql: string): Promise<Record<string, unknown>> {
    const [first = {}] = await this.rows(sql);
    return first;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.client.close();
  }
}

export interface FightWorld extends AsyncDisposable {
  readonly cluster: Cluster;
  enter(name: string, profession?: number): Promise<Gamer>;
}

/** @param config one of ours, with a net node on port 11009 */
export async function startFightWorld(config = 'config.json'): Promise<FightWorld> {
  const names = config === 'config.json' ? { gate: ['gate'], game: ['game1'] } : { gate: ['gate1', 'gate2'], game: ['game1', 'game2'] };
  const servers = Object.fromEntries(Object.entries(names).flatMap(([app, nodes]) => nodes.map((node) => [node, { app: `extra.${app}` }])));
  const project: Project = variantOf(config, { servers }, EXTRA);
  try {
    const cluster = await startCluster(project.path('config.json'));
    return {
      cluster,
      enter: (name, profession) => Gamer.enter(cluster.port(11009), name, profession),
      async [Symbol.asyncDispose]() {
        await cluster[Symbol.asyncDispose]();
        project[Symbol.dispose]();
      },
    };
  } catch (error) {
    project[Symbol.dispose]();
    throw error;
  }
}
