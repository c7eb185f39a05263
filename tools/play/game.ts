/** A person's session: the connection, and what is written to the terminal. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BattleReport } from '../../app/game/battle/report';
import { CREATE_ROLE, ENTER, LOGIN } from '../../app/share/commands';
import type { GameClient } from '../lib/gameclient';
import { blows, lineUp, outcome } from './battleview';

export type Row = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly result: boolean;
  readonly message: string;
  readonly data?: Row;
}

export interface Person {
  readonly username: string;
  readonly password: string;
  /** Of a role that has yet to be created. */
  readonly profession: number;
}

export class Game {
  #characterId = 0;
  readonly #client: GameClient;
  readonly #blowMs: number;
  readonly #write: (text: string) => void;

  /** @param blowMs between two blows of a battle */
  constructor(client: GameClient, blowMs: number, write: (text: string) => void) {
    this.#client = client;
    this.#blowMs = blowMs;
    this.#write = write;
  }

  /** Logs in, with a new account and role where there is none. @throws Error with the game's reason */
  async enter({ username, password, profession }: Person): Promise<void> {
    const account = await this.#must(LOGIN, { username, password });
    const role = account.hasRole ? account : await this.#must(CREATE_ROLE, { rolename: username, profession, userId: account.userId });
    this.#characterId = Number(role.characterId || role.newCharacterId);
    await this.#must(ENTER, {});
  }

  async ask(command: number, fields: object): Promise<Reply> {
    const { text } = await this.#client.request(command, { characterId: this.#characterId, ...fields });
    return JSON.parse(text) as Reply;
  }

  say(lines: readonly string[]): void {
    this.#write(`${lines.join('\n')}\n`);
  }

  /** The battle as it happens, blow by blow. */
  async showBattle(
    report: BattleReport,
    skillName: (skill: number) => string | undefined,
    itemName: (template: number) => string,
  ): Promise<void> {
    this.say(lineUp(report));
    for (const blow of blows(report, skillName)) {
      await delay(this.#blowMs);
      this.say(blow);
    }
    this.say(outcome(report, itemName));
  }

  async #must(command: number, fields: object): Promise<Row> {
    const { result, message, data } = await this.ask(command, fields);
    if (!result) throw new Error(`the game said no to command ${command}: ${message || 'without a reason'}`);
    return data ?? {};
  }
}
