/**
 * A battle: two sides take turns, the fastest unit first, until one is beaten or 15 rounds are over.
 *
 * Pure: the same fighters and the same dice give the same battle.
 */
import type { Random } from '../random';
import { act } from './action';
import type { Fighter } from './fighter';
import { type BattleReport, type Gains, type StartEntry, type StepEntry, startEntry } from './report';
import { Side } from './sides';
import type { Unit } from './unit';

export const MAX_ROUNDS = 15;

export class Battle {
  readonly #active: Side;
  readonly #passive: Side;
  readonly #random: Random;
  readonly #order: readonly Unit[];
  readonly #start: readonly StartEntry[];
  readonly #steps: StepEntry[] = [];
  #rounds = 0;

  /** @param active the side that started the fight @throws RangeError when two fighters of a side share a place */
  constructor(active: readonly Fighter[], passive: readonly Fighter[], random: Random) {
    this.#active = new Side(active, 1);
    this.#passive = new Side(passive, 2);
    this.#random = random;
    this.#order = this.units.toSorted((a, b) => b.fighter.speed - a.fighter.speed || a.battleId - b.battleId);
    this.#start = this.units.map(startEntry);
  }

  /** Fights to the end. */
  static fight(active: readonly Fighter[], passive: readonly Fighter[], random: Random): Battle {
    const battle = new Battle(active, passive, random);
    while (!battle.isOver) battle.playRound();
    return battle;
  }

  /** Everybody, also the dead. */
  get units(): readonly Unit[] {
    return [...this.#active.units, ...this.#passive.units];
  }

  get rounds(): number {
    return this.#rounds;
  }

  get isOver(): boolean {
    return this.#isDecided || this.#rounds >= MAX_ROUNDS;
  }

  /** Lets everybody who lives act once. */
  playRound(): void {
    this.#rounds += 1;
    for (const unit of this.#order) {
      if (this.#isDecided) return;
      if (!unit.isAlive) continue;
      const [own, enemy] = unit.direction === 1 ? [this.#active, this.#passive] : [this.#passive, this.#active];
      this.#steps.push(...act(unit, { own, enemy, random: this.#random }));
    }
  }

  /** 1: the active side has won. 2: it has not, also when time is up. */
  get result(): 1 | 2 {
    return this.#passive.isBeaten && !this.#active.isBeaten ? 1 : 2;
  }

  /** 1 to 3 for a victory, the more the quicker; 0 for none. */
  get stars(): number {
    return this.result === 1 ? Math.min(Math.max(4 - this.#rounds, 1), 3) : 0;
  }

  /** @param gains what the player gets for it */
  report(gains: Gains): BattleReport {
    return { battleResult: this.result, startData: this.#start, stepData: this.#steps, setData: gains };
  }

  get #isDecided(): boolean {
    return this.#active.isBeaten || this.#passive.isBeaten;
  }
}
