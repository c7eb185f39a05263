/** Dice. Rules are handed them, so that a fight can be fought again and a test knows what falls. */
import { randomInt } from 'node:crypto';

export interface Random {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
}

/** A seed that nobody can guess. Drawn outside of a transaction, so that it rolls the same dice when it runs again. */
export function newSeed(): number {
  return randomInt(2 ** 48 - 1);
}

/** Four words of 32 bits: all there is to a generator. It goes into a row or a log as JSON. */
export type RandomState = readonly [a: number, b: number, c: number, counter: number];

/** Draws thrown away after seeding, until seeds that differ in one bit have nothing in common. */
const MIXING_DRAWS = 12;

/** The generator sfc32: small, quick, and passes the usual test suites. Not for secrets. */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor([a, b, c, counter]: RandomState) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = counter | 0;
  }

  /** @param seed any whole number; the part above 32 bits counts too */
  static from(seed: number): SeededRandom {
    const random = new SeededRandom([0, seed, Math.floor(seed / 0x1_0000_0000), 1]);
    for (let drawn = 0; drawn < MIXING_DRAWS; drawn++) random.#draw();
    return random;
  }

  /** What a generator that draws the same from here on is made from. */
  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  between(min: number, max: number): number {
    return min + Math.floor((this.#draw() / 0x1_0000_0000) * (max - min + 1));
  }

  #draw(): number {
    const drawn = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  }
}
