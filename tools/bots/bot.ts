/**
 * One bot: logs in, plays a session, leaves, and comes back, whatever happens to the cluster meanwhile.
 *
 * It asks one thing after the other, as a person does, and takes no answer for granted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../app/game/random';
import { CREATE_ROLE, ENTER, LOGIN } from '../../app/share/commands';
import { en } from '../../app/share/texts/en';
import { zh } from '../../app/share/texts/zh';
import type { GameClient } from '../lib/gameclient';
import type { Act } from './acts/act';
import type { BookKeeper, Reason } from './books';
import type { Outcome, Tally } from './tally';

export interface BotOptions {
  /** Account, password and role; at most 11 characters. */
  readonly name: string;
  readonly profession: number;
  readonly random: Random;
  readonly tally: Tally;
  readonly keeper: BookKeeper;
  readonly connect: () => Promise<GameClient>;
  /** Chooses what to do next. */
  readonly next: (random: Random) => Act;
  /** Between two requests, on average. */
  readonly thinkMs: number;
  /** Acts of a session. */
  readonly acts: number;
  readonly signal: AbortSignal;
}

export type Data = Readonly<Record<string, unknown>>;

export interface Answered {
  readonly outcome: Outcome;
  readonly data: Data;
}

interface Reply {
  readonly result: boolean;
  readonly message: string;
  readonly data?: Data;
}

/** What the game says when the trouble is its own. */
const TROUBLE = new Set([en, zh].flatMap((texts) => [texts.unavailable, texts.busy, texts.failed, texts.noGameNode, texts.badJson]));
/** No answer after this is no answer. Longer than the deadline after which the server says that it is in trouble. */
const ANSWER_MS = 30_000;
/** Until a bot whose connection broke tries again, and between two sessions. */
const PAUSE_MS = 1_000;

/** The account of a bot. @param name of all of them, before a number */
export function accountOf(name: string, at: number): string {
  return `${name}${String(at).padStart(4, '0')}`;
}

export class Bot {
  characterId = 0;
  readonly random: Random;
  /** Notes what comes of what the bot does. */
  readonly keeper: BookKeeper;
  readonly #options: BotOptions;
  #client: GameClient | undefined;
  #wentOn = performance.now();

  constructor(options: BotOptions) {
    this.#options = options;
    this.random = options.random;
    this.keeper = options.keeper;
  }

  /** Plays session after session until it is told to stop. Never rejects for what the cluster does. */
  async play(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      try {
        this.#client = await this.#options.connect();
      } catch {
        this.#options.tally.record(LOGIN, 'lost', 0);
        await this.#pause(PAUSE_MS);
        continue;
      }
      await this.#session(this.#client);
      await this.#client.close();
      await this.#pause(PAUSE_MS);
    }
    this.#goesOn();
  }

  async #session(client: GameClient): Promise<void> {
    const { tally, acts, next, signal } = this.#options;
    if (!(await this.#enter())) return;
    tally.inGame += 1;
    for (let act = 0; act < acts && client.isOpen && !signal.aborted; act++) await next(this.random)(this);
    tally.inGame -= 1;
    if (!client.isOpen) tally.broken += 1;
  }

  async #enter(): Promise<boolean> {
    const { name, profession } = this.#options;
    const account = await this.ask(LOGIN, { username: name, password: name });
    if (!account) return false;
    const role = account.hasRole ? account : await this.ask(CREATE_ROLE, { rolename: name, profession, userId: account.userId });
    this.characterId = Number(role?.characterId || role?.newCharacterId || 0);
    return (await this.ask(ENTER, {})) !== undefined;
  }

  /** Notes how long it has had no success. */
  #goesOn(): void {
    const now = performance.now();
    const { tally } = this.#options;
    tally.longestWaitMs = Math.max(tally.longestWaitMs, now - this.#wentOn);
    this.#wentOn = now;
  }

  /** Asks, after a moment of thought. @returns the answer's data, empty when it has none; undefined when the answer is no success, or never came */
  async ask(command: number, fields: object = {}): Promise<Data | undefined> {
    const answered = await this.request(command, fields);
    return answered?.outcome === 'done' ? answered.data : undefined;
  }

  /** Asks for what changes what the bot owns, and notes how that ended. @param hasChanged whether an answer that is a success says that something has changed */
  async trade(reason: Reason, command: number, fields: object = {}, hasChanged: (data: Data) => boolean = () => true) {
    const answered = await this.request(command, fields);
    if (answered) this.keeper.note(this.characterId, reason, answered.outcome, answered.outcome === 'done' && hasChanged(answered.data));
    return answered;
  }

  /** Asks, after a moment of thought. @returns undefined when there was nobody to ask */
  async request(command: number, fields: object): Promise<Answered | undefined> {
    const { thinkMs, tally } = this.#options;
    await this.#pause(this.random.between(0, 2 * thinkMs));
    if (!this.#client?.isOpen) return undefined;
    const began = performance.now();
    let reply: Reply;
    try {
      const frame = await this.#client.request(command, { characterId: this.characterId, ...fields }, ANSWER_MS);
      reply = JSON.parse(frame.text) as Reply;
    } catch (error) {
      tally.record(command, 'lost', performance.now() - began);
      tally.reason(command, (error as Error).message);
      // Later answers could be taken for that which did not come.
      await this.#client.close();
      return { outcome: 'lost', data: {} };
    }
    const outcome = reply.result ? 'done' : TROUBLE.has(reply.message) ? 'failed' : 'refused';
    tally.record(command, outcome, performance.now() - began);
    if (outcome !== 'done') tally.reason(command, reply.message);
    else this.#goesOn();
    return { outcome, data: reply.data ?? {} };
  }

  /** A member of a list, if it has any. */
  oneOf<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.random.between(0, list.length - 1)];
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#options.signal }).catch(() => {});
  }
}
