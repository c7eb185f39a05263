/** The sample game for tests of its commands: a cluster, players who are in the game, gifts for them, and a look at what they own. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { connectClient, GAME_HEADER, type GameClient } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { variantOf } from '../../helpers/project';

/** What the playground's game node answers beside the game's own commands. */
const GRANT = 9901;
const OWNED = 9902;
const QUERY = 9903;
const RUSH = 9904;
const WHERE = 9905;

const EXTRA = {
  'extra/gate.ts': `
import '../app/gateserver';
import { FORWARDED } from '../app/share/commands';
for (const command of [${GRANT}, ${OWNED}, ${QUERY}, ${RUSH}, ${WHERE}]) (FORWARDED as Set<number>).add(command);
`,
  'extra/game.ts': `
import '../app/gameserver';
import { db, GlobalObject, transaction } from 'firefly-ts';
import { playerCommand } from '../app/game/channel';
import { gainGold, spendGold } from '../app/game/character/gold';
import { changeCoins, changeEnergy, gainExp } from '../app/game/character/rows';
import { gameData } from '../app/game/data';
import { giveItems } from '../app/game/package/rows';
import { givePet } from '../app/game/pets/rows';
import { success } from '../app/share/reply';
import { characters, pets as petTable } from '../app/share/tables';

interface Gift { items?: [number, number][]; pets?: number[]; petLevel?: number; character?: object; coin?: number; gold?: number; exp?: number; energy?: number }

const give = (characterId: number, { items = [], pets = [], petLevel = 1, character, coin, gold, exp, energy }: Gift) =>
  transaction(async (t) => {
    if (character) await t.update(characters, characterId, character);
    for (const [id, count] of items) await giveItems(t, characterId, gameData().items.get(id)!, count, 'gift');
    for (const id of pets) await t.update(petTable, await givePet(t, characterId, gameData().pets.get(id)!, 'gift'), { level: petLevel });
    if (gold) await (gold < 0 ? spendGold(t, characterId, -gold, 'other', 'a wish') : gainGold(t, characterId, gold, 'gift'));
    if (exp) await gainExp(t, characterId, exp);
    if (energy) await changeEnergy(t, characterId, energy, Date.now());
    if (coin) await changeCoins(t, characterId, coin, 'gift');
  });

playerCommand(${GRANT}, async ({ characterId }, request) => {
  await give(characterId, request.raw('gift') as Gift);
  return success({});
});

playerCommand(${RUSH}, async ({ characterId }, request) => {
  const gifts = Array.from({ length: request.integer('times') }, () => give(characterId, request.raw('gift') as Gift));
  const settled = await Promise.allSettled(gifts);
  return success({ refused: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.key ?? String(one.reason)] : [])) });
});

playerCommand(${OWNED}, async ({ characterId }) => {
  const rows = async (table: string, owner: string) =>
    (await db.query(\`SELECT * FROM \${table} WHERE \${owner} = ? ORDER BY 1\`, [characterId], { fresh: true })).rows;
  const [character, items, pets, equipment, formation, stages, bills] = await Promise.all([
    rows('tb_character', 'id'), rows('tb_item', 'characterId'), rows('tb_pet', 'ownerID'), rows('tb_equipment', 'characterId'),
    rows('tb_character_matrix', 'characterId'), rows('tb_zhanyi_record', 'characterId'), rows('tb_bill', 'characterId'),
  ]);
  return success({ character: character[0], items, pets, equipment: equipment[0], formation: formation[0], stages, bills });
});

playerCommand(${WHERE}, () => success({ node: GlobalObject().config.name }));

playerCommand(${QUERY}, async (_player, request) => success((await db.query(String(request.raw('sql')), [], { fresh: true })).rows));
`,
};

type SqlRow = Readonly<Record<string, number | string | null>>;

/** Everything that is a player's, as the database has it. */
export interface Owned {
  readonly character: SqlRow;
  readonly items: readonly SqlRow[];
  readonly pets: readonly SqlRow[];
  readonly equipment: SqlRow;
  readonly formation: SqlRow;
  readonly stages: readonly SqlRow[];
  readonly bills: readonly SqlRow[];
}

export interface Gift {
  /** Template and how many. */
  readonly items?: readonly (readonly [template: number, count: number])[];
  /** Templates. */
  readonly pets?: readonly number[];
  /** Of those pets; 1 when left out. */
  readonly petLevel?: number;
  /** Columns of the character's row. */
  readonly character?: Readonly<Record<string, number>>;
  /** Below zero it is taken; gold that is taken is in a bill. */
  readonly coin?: number;
  readonly gold?: number;
  readonly energy?: number;
  readonly exp?: number;
}

export interface Reply {
  readonly result: boolean;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A player who is in the game. */
export class PlaygroundPlayer {
  constructor(
    readonly client: GameClient,
    readonly name: string,
    readonly characterId: number,
  ) {}

  /** The answer to a request that names this character, unless `fields` says otherwise. */
  async ask<R extends Reply = Reply>(command: number, fields: object = {}): Promise<R> {
    const reply = JSON.parse((await this.client.request(command, { characterId: this.characterId, ...fields })).text) as R;
    assert.equal(typeof reply.message, 'string', `${command}: a message is always a text`);
    return reply;
  }

  /** The answer of a request that must succeed. */
  async does(command: number, fields: object = {}): Promise<Reply> {
    const reply = await this.ask(command, fields);
    assert.equal(reply.result, true, `${command} ${JSON.stringify(fields)}: ${JSON.stringify(reply)}`);
    return reply;
  }

  /** Asks for what must be refused, in these words if they are given, and sees that nothing of the player's has changed. */
  async isRefused(command: number, fields: object, message?: string | RegExp): Promise<void> {
    const before = await this.owned();
    const reply = await this.ask(command, fields);
    assert.equal(reply.result, false, `${command} ${JSON.stringify(fields)}: ${JSON.stringify(reply)}`);
    if (typeof message === 'string') assert.equal(reply.message, message, `${command} ${JSON.stringify(fields)}`);
    else if (message) assert.match(reply.message, message);
    assert.deepEqual(await this.owned(), before, `${command} ${JSON.stringify(fields)} changed something`);
  }

  async owned(): Promise<Owned> {
    return (await this.does(OWNED)).data as unknown as Owned;
  }

  /** What the database has, with everything that was acknowledged. */
  async rows(sql: string): Promise<readonly SqlRow[]> {
    return (await this.does(QUERY, { sql })).data as unknown as readonly SqlRow[];
  }

  /** The game node that it plays on. */
  async node(): Promise<string> {
    return String((await this.does(WHERE)).data?.node);
  }

  async grant(gift: Gift): Promise<void> {
    await this.does(GRANT, { gift });
  }

  /** Gives the same several times at one moment, each in a transaction of its own. @returns why some were refused */
  async rush(gift: Gift, times: number): Promise<string[]> {
    const { data } = await this.does(RUSH, { gift, times });
    return data?.refused as string[];
  }

  /** Sends requests without waiting for any answer. @returns the answers, in the order of the requests, which are of one command */
  async atOnce(command: number, requests: readonly object[]): Promise<Reply[]> {
    const frames = requests.map((fields) => this.client.request(command, { characterId: this.characterId, ...fields }));
    return (await Promise.all(frames)).map(({ text }) => JSON.parse(text) as Reply);
  }

  /** Ids of this player's items of a template. */
  async idsOf(template: number): Promise<number[]> {
    return (await this.owned()).items.flatMap(({ id, itemTemplateId }) => (itemTemplateId === template ? [Number(id)] : []));
  }
}

export interface Playground extends AsyncDisposable {
  readonly cluster: Cluster;
  /** Lets a player in, with a new role of that name when there is none. */
  enter(name: string, profession?: number): Promise<PlaygroundPlayer>;
}

export interface PlaygroundOptions {
  /** Two of each node, where a player's opponents are on another one. */
  readonly twice?: boolean;
  /** A game node that dies is not started again. */
  readonly mortal?: boolean;
}

export async function startPlayground({ twice = false, mortal = false }: PlaygroundOptions = {}): Promise<Playground> {
  const [gate, game] = [{ app: 'extra.gate' }, { app: 'extra.game', restart: mortal ? 'temporary' : 'permanent' }];
  const project = twice
    ? variantOf('config.cluster.json', { servers: { gate1: gate, gate2: gate, game1: game, game2: game } }, EXTRA)
    : variantOf('config.json', { servers: { gate, game1: game } }, EXTRA);
  const clients: GameClient[] = [];
  const cluster = await startCluster(project.path('config.json')).catch((error: unknown) => {
    project[Symbol.dispose]();
    throw error;
  });
  return {
    cluster,
    async enter(name, profession = 1) {
      const client = await connectClient({ port: cluster.port(11009), header: GAME_HEADER, deadlineMs: 30_000 });
      clients.push(client);
      return new PlaygroundPlayer(client, name, await enter(client, name, profession));
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      await cluster[Symbol.asyncDispose]();
      project[Symbol.dispose]();
    },
  };
}

/** A playground for the tests of a file, or of the suite that asks for it. */
export function usePlayground(options: PlaygroundOptions = {}): Omit<Playground, keyof AsyncDisposable> {
  let playground: Playground | undefined;
  before(async () => {
    playground = await startPlayground(options);
  });
  after(() => playground?.[Symbol.asyncDispose]());
  const there = (): Playground => {
    assert.ok(playground, 'the playground is there while tests run');
    return playground;
  };
  return {
    get cluster() {
      return there().cluster;
    },
    enter: (name, profession) => there().enter(name, profession),
  };
}

async function enter(client: GameClient, name: string, profession: number): Promise<number> {
  const ask = async (command: number, request: object): Promise<Readonly<Record<string, unknown>>> => {
    const reply = JSON.parse((await client.request(command, request)).text) as Reply;
    assert.equal(reply.result, true, `${command}: ${JSON.stringify(reply)}`);
    return reply.data ?? {};
  };
  const { userId, hasRole, characterId: known } = await ask(101, { username: name, password: name });
  const characterId = hasRole ? known : (await ask(102, { userId, rolename: name, profession })).newCharacterId;
  await ask(103, { userId, characterId });
  return Number(characterId);
}
