/**
 * The items of the embedded memcached: bounded bytes, least recently used out first, expiry, a token that every change renews.
 */

export interface Item {
  readonly value: Buffer;
  readonly flags: number;
  readonly cas: bigint;
  /** When it ends, in ms since 1970; Infinity for never. */
  expiresAt: number;
}

/** What an item costs beside its key and its value. */
const ITEM_BYTES = 96;

/** Above this an expiry in seconds is a date. */
const LONGEST_RELATIVE_SECONDS = 30 * 24 * 3_600;

export class ItemStore {
  /** In the order of use: the first is the first to go. */
  readonly #items = new Map<string, Item>();
  readonly #maxBytes: number;
  #bytes = 0;
  #lastCas = 0n;
  #evictions = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#items.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** The item, which counts as used now. */
  get(key: string): Item | undefined {
    const item = this.#items.get(key);
    if (!item) return undefined;
    this.#items.delete(key);
    if (item.expiresAt <= Date.now()) {
      this.#bytes -= cost(key, item);
      return undefined;
    }
    this.#items.set(key, item);
    return item;
  }

  /** Stores a copy of the value and makes room for it. */
  set(key: string, value: Buffer, flags: number, expiresAt: number): Item {
    this.delete(key);
    this.#lastCas += 1n;
    const item: Item = { value: Buffer.from(value), flags, cas: this.#lastCas, expiresAt };
    this.#items.set(key, item);
    this.#bytes += cost(key, item);
    for (const oldest of this.#items.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
      this.#evictions += 1;
    }
    return item;
  }

  delete(key: string): boolean {
    const item = this.#items.get(key);
    if (!item) return false;
    this.#items.delete(key);
    this.#bytes -= cost(key, item);
    return true;
  }

  /** Ends every item, at once or at a time to come; later ones are not touched. */
  flush(at: number): void {
    if (at <= Date.now()) {
      this.#items.clear();
      this.#bytes = 0;
      return;
    }
    for (const item of this.#items.values()) item.expiresAt = Math.min(item.expiresAt, at);
  }
}

/** When an expiry as the protocol has it (0 never, then seconds, then a date) is over, in ms since 1970. */
export function expiryTime(field: number): number {
  if (field === 0) return Number.POSITIVE_INFINITY;
  return field > LONGEST_RELATIVE_SECONDS ? field * 1_000 : Date.now() + field * 1_000;
}

function cost(key: string, item: Item): number {
  return key.length + item.value.length + ITEM_BYTES;
}
