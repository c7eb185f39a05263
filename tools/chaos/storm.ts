/**
 * Kills and freezes at random, each kind as often as the others, until enough of them met work in flight and enough transfers got through.
 *
 * What is hit when follows from the seed; several may be down at once. One that met nothing in flight does not count, and comes again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../lib/fuzz/random';
import { waitFor } from '../lib/wait';
import type { Bank } from './bank';
import { inFlightOf } from './books';
import { type Action, type Kind, type Victim, victimsOf } from './victims';

const ACTIONS: readonly [Action, ...Action[]] = ['kill', 'freeze'];
/** Between two faults, unless they shall overlap. */
const TRANSFERS_BETWEEN = 30;
/** One in so many comes at once after the one before. */
const OVERLAPS = 3;
const BETWEEN_MS = 20_000;
const LONGEST_KILL_MS = 2_000;
const LONGEST_FREEZE_MS = 2_500;
/** One freeze in so many lasts long enough for links to be given up. */
const LONG_FREEZES = 4;
const LONG_FREEZE_MS = 6_000;

export type Tally = Readonly<Record<Kind, Readonly<Record<Action, number>>>>;

export interface StormOptions {
  readonly seed: number;
  /** Kills and freezes that shall count. */
  readonly steps: number;
  /** Acknowledged transfers that shall be reached; until then it goes on. */
  readonly transfers: number;
  /** Those to choose from; all that there are when left out. */
  readonly only?: readonly { readonly kind: Kind; readonly action: Action }[];
  /** How long what is hit may take to come back. */
  readonly backMs: number;
  /** When it is over at the latest, on the clock of `performance`. */
  readonly until: number;
}

export class Storm {
  readonly #bank: Bank;
  readonly #options: StormOptions;
  readonly #random: Random;
  readonly #victims: readonly Victim[];
  readonly #down = new Set<Victim>();
  readonly #restoring = new Set<Promise<void>>();
  readonly #tally: Record<Kind, Record<Action, number>>;
  #uncounted = 0;

  constructor(bank: Bank, options: StormOptions) {
    this.#bank = bank;
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#victims = victimsOf(bank);
    const none = () => ({ kill: 0, freeze: 0 });
    this.#tally = { game: none(), dbfront: none(), memcached: none(), mariadb: none() };
  }

  /** Those that met work in flight. */
  get tally(): Tally {
    return this.#tally;
  }

  /** Those that met none. */
  get uncounted(): number {
    return this.#uncounted;
  }

  get counted(): number {
    return Object.values(this.#tally).reduce((sum, { kill, freeze }) => sum + kill + freeze, 0);
  }

  /** @throws Error when something does not come back */
  async rage(): Promise<void> {
    let left: (readonly [Kind, Action])[] = [];
    try {
      while (!this.#isOver()) {
        if (left.length === 0) left = this.#round();
        const [kind, action] = left.shift() as readonly [Kind, Action];
        await this.#pause();
        await this.#strike(kind, action);
      }
    } finally {
      await Promise.all(this.#restoring);
    }
  }

  #isOver(): boolean {
    const { steps, transfers, until } = this.#options;
    if (performance.now() >= until) return true;
    return this.counted >= steps && this.#bank.figures.acknowledged >= transfers;
  }

  /** Every kind and every action once, in random order. */
  #round(): (readonly [Kind, Action])[] {
    const kinds = [...new Set(this.#victims.map(({ kind }) => kind))];
    const all = this.#options.only ?? kinds.flatMap((kind) => ACTIONS.map((action) => ({ kind, action })));
    const round = all.map(({ kind, action }) => [kind, action] as const);
    for (let at = round.length - 1; at > 0; at--) {
      const other = this.#random.below(at + 1);
      [round[at], round[other]] = [round[other] as (typeof round)[0], round[at] as (typeof round)[0]];
    }
    return round;
  }

  /** Lets transfers get through, mostly: what is always down proves little. */
  async #pause(): Promise<void> {
    const overlaps = this.#random.oneIn(OVERLAPS);
    await delay(this.#random.below(500));
    if (!overlaps) await this.#bank.whenMoved(TRANSFERS_BETWEEN, BETWEEN_MS).catch(() => {});
  }

  async #strike(kind: Kind, action: Action): Promise<void> {
    const ofKind = this.#victims.filter((victim) => victim.kind === kind);
    const victim = ofKind[this.#random.below(ofKind.length)] as Victim;
    const ms = this.#lengthOf(action);
    const canBeHit = async () => {
      this.#bank.assertRuns();
      return !this.#down.has(victim) && (await victim.isUp());
    };
    await waitFor(canBeHit, `${victim.name} that serves`, this.#options.backMs);
    const before = this.#bank.figures.inFlight;
    await victim[action]();
    // Of a game node's own work it is known what was under way when it stood still.
    const inFlight = kind === 'game' ? inFlightOf(this.#bank.folder, victim.name) : before;
    if (inFlight > 0) this.#tally[kind][action] += 1;
    else this.#uncounted += 1;
    this.#down.add(victim);
    const restored = delay(ms)
      .then(() => victim.restore(action))
      .finally(() => {
        this.#down.delete(victim);
        this.#restoring.delete(restored);
      });
    this.#restoring.add(restored);
    // Its failure is heard of at the end.
    restored.catch(() => this.#restoring.add(restored));
  }

  #lengthOf(action: Action): number {
    if (action === 'kill') return this.#random.below(LONGEST_KILL_MS);
    return 50 + this.#random.below(this.#random.oneIn(LONG_FREEZES) ? LONG_FREEZE_MS : LONGEST_FREEZE_MS);
  }
}
