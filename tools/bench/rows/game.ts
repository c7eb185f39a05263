/** Row d: the sample game's status bar, asked by 50 players who are logged in; beside the relay, which echoes the same requests. */
import { writeFile } from 'node:fs/promises';
import type { Cluster } from '../../../test/helpers/cluster';
import { connectClient } from '../../lib/gameclient';
import type { Row } from '../row';
import { type Server, serve, serverOf, totalCpu } from '../served';
import { relay } from '../yardsticks';
import { CPU } from './chain';

const NET_PORT = 11_009;
const PLAYERS = 50;
const DEPTH = 16;
const HEADER = '78,37,38,48,9';
const LOGIN = 101;
const CREATE_ROLE = 102;
const ENTER = 103;
const STATUS = 105;

interface Reply {
  readonly result: boolean;
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export const gameRow: Row = {
  key: 'd16',
  title: `sample game, command ${STATUS}, depth ${DEPTH}`,
  beside: 'relay',
  figures: [{ name: 'requests', unit: '/s', better: 'more' }, CPU],
  cluster: (workshop, env) => workshop.cluster('game.json', env),
  async open(workshop) {
    const yardstick = await relay(workshop);
    const cluster = await workshop.cluster('game.json');
    const players = await createPlayers(cluster);
    const asked = workshop.programs.file('status.plan');
    const played = workshop.programs.file('login.plan');
    await writeFile(asked, players.map(({ status }) => `${status}\n`).join(''));
    await writeFile(played, players.map(({ login, enter, status }) => `${login}\t${enter}\t${status}\n`).join(''));
    const firefly = await serverOf(cluster, NET_PORT);
    const reading = async (server: Server, ...options: string[]) => {
      const detail = await serve(workshop, server, '-c', PLAYERS, '-d', DEPTH, ...options);
      return { values: [detail.perSecond, totalCpu(detail)], detail };
    };
    return {
      yardstick: () => reading(yardstick, '-P', asked),
      firefly: () => reading(firefly, '-m', HEADER, '-P', played, '-x', '{"result":true'),
    };
  },
};

/** What the connection of a player sends, as frames of a plan. */
interface Script {
  readonly login: string;
  readonly enter: string;
  readonly status: string;
}

async function createPlayers(cluster: Cluster): Promise<Script[]> {
  await using client = await connectClient({ port: cluster.port(NET_PORT) });
  const ask = async (command: number, request: object): Promise<Readonly<Record<string, unknown>>> => {
    const answer = JSON.parse((await client.request(command, request)).text) as Reply;
    if (!answer.result || !answer.data) throw new Error(`command ${command} of the sample game failed: ${answer.message}`);
    return answer.data;
  };
  const players: Script[] = [];
  for (let n = 1; n <= PLAYERS; n++) {
    const name = `player${n}`;
    const account = { username: name, password: name };
    const { userId, hasRole, characterId: known } = await ask(LOGIN, account);
    const characterId = hasRole ? known : (await ask(CREATE_ROLE, { userId, rolename: name, profession: 1 })).newCharacterId;
    players.push({
      login: frame(LOGIN, account),
      enter: frame(ENTER, { userId, characterId }),
      status: frame(STATUS, { characterId }),
    });
  }
  return players;
}

function frame(command: number, request: object): string {
  return `${command} ${JSON.stringify(request)}`;
}
