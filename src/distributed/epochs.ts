/**
 * The newest epoch that was seen of each name, so that an older process is refused also when the newer one has gone.
 *
 * Bounded: names come from a config, but a leaf that knows the secret may say any. Beyond the bound the name that was away longest is forgotten.
 */
import { Replaced } from '../errors';

const MAX_NAMES = 4096;

export class Epochs {
  /** In the order in which the names were seen last. */
  readonly #newest = new Map<string, number>();

  get size(): number {
    return this.#newest.size;
  }

  /** @throws Replaced when the epoch is older than the newest one of that name */
  see(name: string, epoch: number): void {
    const newest = this.#newest.get(name) ?? 0;
    if (epoch < newest) throw new Replaced(`${name} has epoch ${epoch} and a process with epoch ${newest} was here`);
    this.#newest.delete(name);
    this.#newest.set(name, epoch);
    const [oldest] = this.#newest.keys();
    if (this.#newest.size > MAX_NAMES && oldest !== undefined) this.#newest.delete(oldest);
  }
}
