/** The sample game with two net nodes, two gates and two game nodes, and a few commands that tests look behind the scenes with. */
import assert from 'node:assert/strict';
import { connectClient, type Frame, GAME_HEADER, type GameClient } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { type Project, variantOf } from '../helpers/project';

export interface Reply {
  readonly result: boolean;
  readonly message: string;
  readonly data?: Record<string, unknown>;
}

/** Port of each net node in config.cluster.json. */
export const NETS = { net1: 11009, net2: 11010 } as const;
export type Net = keyof typeof NETS;

/** Where a player is: answered by the game node. */
export interface Whereabouts {
  readonly gate: string;
  readonly node: string;
  readonly dynamicId: number;
}

const PUSH = 9001;
const PUSHED = 9002;
const WHERE = 9003;
const GATE = 9004;
const GATE_PUSH = 9005;
const SWEEP = 9006;

const EXTRA = {
  'extra/gate.ts': `
import '../app/gateserver';
import { localserviceHandle, pushObject } from 'firefly-ts';
import { gateRoot } from '../app/gate/root';
import { sweep } from '../app/gate/scenes/sweep';
import { FORWARDED } from '../app/share/commands';
for (const command of [${PUSH}, ${WHERE}]) (FORWARDED as Set<number>).add(command);
localserviceHandle(${GATE}, () => JSON.stringify({ result: true, message: gateRoot().name }));
localserviceHandle(${SWEEP}, async () => {
  await sweep();
  return JSON.stringify({ result: true, message: '' });
});
localserviceHandle(${GATE_PUSH}, (_dynamicId: number, data: Buffer) => {
  pushObject(${PUSHED}, gateRoot().name, JSON.parse(data.toString()).to);
  return JSON.stringify({ result: true, message: '' });
});
`,
  'extra/game.ts': `
import '../app/gameserver';
import { GlobalObject, pushObject } from 'firefly-ts';
import { playerCommand } from '../app/game/channel';
import { success } from '../app/share/reply';
const node = String(GlobalObject().config.name);
playerCommand(${WHERE}, (player) => success({ gate: player.gate, node, dynamicId: player.dynamicId }));
playerCommand(${PUSH}, (_player, request) => {
  pushObject(${PUSHED}, node, request.raw('to') as number[]);
  return success({});
});
`,
};

/** A client with what was pushed to it. */
export class Player implements AsyncDisposable {
  readonly pushes: Frame[] = [];
  characterId = 0;
  readonly client: GameClient;

  private constructor(
    readonly name: string,
    readonly net: Net,
    client: (onPush: (frame: Frame) => void) => GameClient,
  ) {
    this.client = client((frame) => this.pushes.push(frame));
  }

  static async connect(cluster: Cluster, net: Net, name: string): Promise<Player> {
    let onPush: (frame: Frame) => void = () => {};
    const client = await connectClient({
      port: cluster.port(NETS[net]),
      header: GAME_HEADER,
      deadlineMs: 30_000,
      onPush: (frame) => onPush(frame),
    });
    return new Player(name, net, (fn) => {
      onPush = fn;
      return client;
    });
  }

  async ask(command: number, request: object = {}): Promise<Reply> {
    return JSON.parse((await this.client.request(command, request)).text);
  }

  /** As `ask`; a connection that ends is an answer too. */
  async try(command: number, request: object = {}): Promise<Reply> {
    try {
      return await this.ask(command, request);
    } catch (error) {
      if (this.client.isOpen) throw error;
      return { result: false, message: 'closed' };
    }
  }

  login(): Promise<Reply> {
    return this.try(101, { username: this.name, password: this.name });
  }

  /** Logs in, creates the role when there is none, enters. */
  async enter(): Promise<this> {
    const login = await this.login();
    assert.equal(login.result, true, JSON.stringify(login));
    this.characterId = Number(login.data?.characterId);
    if (!login.data?.hasRole) {
      const created = await this.ask(102, { userId: login.data?.userId, rolename: this.name, profession: 1 });
      assert.equal(created.result, true, JSON.stringify(created));
      this.characterId = Number(created.data?.newCharacterId);
    }
    const entered = await this.ask(103, { characterId: this.characterId });
    assert.equal(entered.result, true, JSON.stringify(entered));
    return this;
  }

  /** @returns null when it is not served */
  async where(): Promise<Whereabouts | null> {
    const answer = await this.try(WHERE);
    return answer.result ? (answer.data as unknown as Whereabouts) : null;
  }

  /** The gate of this connection; nobody need be logged in. */
  async gate(): Promise<string> {
    return (await this.ask(GATE)).message;
  }

  /** Lets its gate look for players without a connection, as it does every half a minute. */
  async sweep(): Promise<void> {
    assert.equal((await this.ask(SWEEP)).result, true);
  }

  /** Lets the game node of this player, and then its gate, push their names. */
  async push(to: readonly number[]): Promise<void> {
    for (const command of [PUSH, GATE_PUSH]) {
      const answer = await this.ask(command, { to });
      assert.equal(answer.result, true, JSON.stringify(answer));
    }
  }

  /** The nodes that pushed to this client. */
  pushed(): string[] {
    return [...new Set(this.pushes.filter(({ command }) => command === PUSHED).map(({ text }) => text))].sort();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.client.close();
  }
}

export interface ClusterWorld extends AsyncDisposable {
  readonly cluster: Cluster;
  connect(net: Net, name: string): Promise<Player>;
  /** A client whose connection belongs to that gate. */
  connectAt(net: Net, gate: string, name: string): Promise<Player>;
}

/** Boots config.cluster.json. @param limits on top of its own */
export async function startClusterWorld(limits: Readonly<Record<string, number>> = {}): Promise<ClusterWorld> {
  const gate = { app: 'extra.gate' };
  const game = { app: 'extra.game' };
  const servers = { gate1: gate, gate2: gate, game1: game, game2: game };
  const project: Project = variantOf('config.cluster.json', { servers, limits: { connectionsPerAddress: 2_000, ...limits } }, EXTRA);
  try {
    const cluster = await startCluster(project.path('config.json'));
    const connect = (net: Net, name: string) => Player.connect(cluster, net, name);
    const connectAt = async (net: Net, at: string, name: string) => {
      for (;;) {
        // Gates take turns with a net node's connections.
        const player = await connect(net, name);
        if ((await player.gate()) === at) return player;
        await player.client.close();
      }
    };
    return {
      cluster,
      connect,
      connectAt,
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
