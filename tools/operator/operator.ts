/**
 * An operator beside bots: gives things to them, bans some for a moment, and tells of payments, whatever is dead meanwhile.
 *
 * Whatever has no answer it asks for again under the same name until it has one; some it asks for twice, one after the other or at one moment. What came of it is in its books.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpAnswer } from '../../test/helpers/http';
import type { Check } from '../audit/check';
import { BookKeeper } from '../bots/books';
import { type Outcome, Tally } from '../bots/tally';
import { Random } from '../lib/fuzz/random';
import { type AdminAccess, AdminPort, type ShownPlayer } from './adminport';
import { drawGift, type Gift, levelUp } from './gifts';

export interface OperatorOptions {
  readonly access: AdminAccess;
  readonly seed: number;
  /** What it does in a second. */
  readonly gifts: number;
  /** The account of a bot. @param at 0 to `bots` - 1 */
  readonly nameOf: (at: number) => string;
  readonly bots: number;
  /** Whether it bans some for a moment, whose connections end by that. */
  readonly bans: boolean;
}

/** What is under way at a time: while a node is dead everything waits. */
const MOST_AT_ONCE = 50;
/** Until it asks again for what had no answer. */
const PAUSE_MS = 500;
/** How long it asks for what is left when it is to leave. */
const LEAVE_MS = 60_000;

/** Of so many deeds. */
const PAYS_IN = 6;
const BANS_IN = 120;
const RAISES_IN = 60;
const TWICE_IN = 4;
/** Deeds that begin just before a node is killed. */
const IN_A_HURRY = 8;
/** Gold for a payment, at most. */
const MOST_GOLD = 100;

export class Operator implements Disposable {
  readonly tally = new Tally();
  readonly keeper = new BookKeeper();
  /** Bans that were made or may have been: each ends a connection. */
  bans = 0;
  readonly #options: OperatorOptions;
  readonly #port: AdminPort;
  readonly #random: Random;
  readonly #underWay = new Set<Promise<void>>();
  readonly #leave = new AbortController();
  readonly #players = new Map<string, ShownPlayer>();
  readonly #faults: string[] = [];
  readonly #works: Promise<void>;
  /** Another operator's names are others, also on the same database. */
  readonly #stamp = randomBytes(6).toString('hex');
  #deeds = 0;
  #twice = 0;
  /** Deeds that were made though their first answer never came. */
  #madeUnheard = 0;
  #end = Number.POSITIVE_INFINITY;

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#port = new AdminPort(options.access);
    this.#random = new Random(options.seed ^ 0x5eed);
    this.#works = this.#work();
  }

  /** Begins several things at once: a node is about to be killed. */
  hurry(): void {
    for (let deed = 0; deed < IN_A_HURRY; deed++) this.#begin();
  }

  /** Ends what it has begun. @returns what was answered that must not be */
  async leave(): Promise<Check> {
    this.#end = performance.now() + LEAVE_MS;
    this.#leave.abort();
    await this.#works;
    await Promise.all(this.#underWay);
    return {
      name: 'what was asked for twice was made once',
      seen: `${this.#twice} deeds, and ${this.#madeUnheard} whose first answer was lost`,
      wrong: this.#faults,
    };
  }

  /** Asks for nothing more. */
  [Symbol.dispose](): void {
    this.#end = 0;
    this.#leave.abort();
  }

  async #work(): Promise<void> {
    const { signal } = this.#leave;
    while (!signal.aborted) {
      await delay(1_000 / this.#options.gifts, undefined, { signal }).catch(() => {});
      if (!signal.aborted) this.#begin();
    }
  }

  #begin(): void {
    if (this.#underWay.size >= MOST_AT_ONCE) return;
    const deed = this.#deed().catch((error: unknown) => void this.#faults.push(String(error)));
    this.#underWay.add(deed);
    void deed.then(() => this.#underWay.delete(deed));
  }

  async #deed(): Promise<void> {
    const { bots, nameOf } = this.#options;
    this.#deeds += 1;
    const [name, id] = [nameOf(this.#random.below(bots)), `${this.#stamp}-${this.#deeds}`];
    // Drawn before anything is waited for: the same seed draws the same.
    const [pays, bans, raises, twice] = [PAYS_IN, BANS_IN, RAISES_IN, TWICE_IN].map((odds) => this.#random.oneIn(odds));
    const how = { id, times: twice ? 2 : 1, atOnce: this.#random.oneIn(2) };
    const dice = new Random(this.#random.u32());
    // What it is told of a player's level does not stay true.
    const player = (raises ? undefined : this.#players.get(name)) ?? (await this.#port.player(name));
    // It has not come yet, or nobody answers.
    if (!player?.characterId) return;
    this.#players.set(name, player);
    if (bans && this.#options.bans) await this.#ban(player, id);
    else if (raises) await this.#give(player, levelUp(player.level ?? 1), how);
    else if (pays && this.#port.takesPayments) await this.#pay(player, 1 + dice.below(MOST_GOLD), how);
    else await this.#give(player, drawGift(dice), how);
  }

  async #give(
    { username, characterId }: ShownPlayer,
    { operation, fields, isTrade, experience, maybeMore }: Gift,
    how: How,
  ): Promise<void> {
    const outcome = await this.#ask(operation, how, () => this.#port.operate({ username, operation, ...fields }, how.id));
    if (isTrade) this.keeper.note(characterId, 'operator', outcome);
    this.keeper.counts('experience', characterId, outcome, experience);
    if (outcome !== 'refused') this.keeper.counts('experience', characterId, 'lost', maybeMore);
  }

  async #pay({ userId: uid, characterId }: ShownPlayer, zuan: number, how: How): Promise<void> {
    const payment = { orderid: how.id, uid, rbm: zuan * 10, zuan };
    this.keeper.note(characterId, 'recharge', await this.#ask('recharge', how, () => this.#port.pay(payment)));
  }

  async #ban({ username }: ShownPlayer, id: string): Promise<void> {
    this.bans += 1;
    for (const operation of ['ban', 'unban'] as const)
      await this.#ask(operation, { id: `${id}-${operation}`, times: 1, atOnce: false }, () =>
        this.#port.operate({ username, operation }, `${id}-${operation}`),
      );
  }

  /** @returns how it ended; `lost` when it never had an answer */
  async #ask(what: string, { id, times, atOnce }: How, send: () => Promise<HttpAnswer>): Promise<Outcome> {
    const answers: (HttpAnswer | undefined)[] = [];
    const once = async () => void answers.push(await this.#untilAnswered(what, send));
    if (times > 1) this.#twice += 1;
    if (atOnce) await Promise.all(Array.from({ length: times }, once));
    else for (let time = 0; time < times; time++) await once();
    const made = answers.filter((answer) => answer?.status === 200);
    const news = made.filter((answer) => !isAgain(answer));
    if (made.length > 0 && news.length === 0) this.#madeUnheard += 1;
    if (news.length > 1) this.#faults.push(`${what} ${id} was answered ${news.length} times as new`);
    if (made.length > 0) return 'done';
    return answers.every((answer) => answer !== undefined) ? 'refused' : 'lost';
  }

  async #untilAnswered(what: string, send: () => Promise<HttpAnswer>): Promise<HttpAnswer | undefined> {
    for (;;) {
      const began = performance.now();
      const answer = await send().catch(() => undefined);
      const outcome = outcomeOf(answer);
      this.tally.record(isAgain(answer) ? `${what}, again` : what, outcome, performance.now() - began);
      if (outcome !== 'done') this.tally.reason(what, answer?.text.trim() ?? 'no answer');
      if (outcome === 'done' || outcome === 'refused') return answer;
      if (performance.now() >= this.#end) return undefined;
      await delay(PAUSE_MS);
    }
  }
}

interface How {
  readonly id: string;
  readonly times: number;
  readonly atOnce: boolean;
}

/** A no of the game is a status of 400 to 499. */
function outcomeOf(answer: HttpAnswer | undefined): Outcome {
  if (!answer) return 'lost';
  if (answer.status === 200) return 'done';
  return answer.status < 500 ? 'refused' : 'failed';
}

/** Whether it is said to have been made before. */
function isAgain(answer: HttpAnswer | undefined): boolean {
  return answer?.status === 200 && (answer.json() as { readonly again: boolean }).again;
}
