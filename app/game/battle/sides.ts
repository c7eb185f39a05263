/** The two sides of a battle: who still stands, and where. */
import type { Fighter } from './fighter';
import { type Direction, Unit } from './unit';

export class Side {
  /** By place, so front before back. */
  #living: readonly Unit[];
  /** In the order in which they were named. */
  readonly units: readonly Unit[];

  /** @throws RangeError when two fighters share a place, or one stands outside of the nine */
  constructor(fighters: readonly Fighter[], direction: Direction) {
    const places = new Set<number>();
    for (const { position, name } of fighters) {
      if (!Number.isInteger(position) || position < 1 || position > 9)
        throw new RangeError(`${name} stands at ${position}; places are 1 to 9`);
      if (places.has(position)) throw new RangeError(`${name} stands at ${position}, where somebody else stands`);
      places.add(position);
    }
    this.units = fighters.map((fighter) => new Unit(fighter, direction));
    this.#living = this.units.toSorted((a, b) => a.battleId - b.battleId);
  }

  get living(): readonly Unit[] {
    return this.#living;
  }

  get isBeaten(): boolean {
    return this.#living.length === 0;
  }

  /** Takes the dead out. */
  buryDead(): void {
    this.#living = this.#living.filter((unit) => unit.isAlive);
  }
}
