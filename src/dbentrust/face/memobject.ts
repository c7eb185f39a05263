/**
 * An object that lives in memcached only: Firefly's `MemObject`. Each attribute is an item, `HOSTNAME:NAME:ATTRIBUTE`.
 *
 * For what may be lost, such as a counter of today: memcached keeps it as long as it has room and runs. Rows belong to `MAdmin`.
 */
import { randomUUID } from 'node:crypto';
import { Packr } from 'msgpackr';
import { MemConnError } from '../../errors';
import type { MemClient } from '../cache/memclient';
import type { DataAccess } from '../port';

const LOCK = '_lock';
/** How long a lock lasts whose owner died. */
const LOCK_SECONDS = 10;
/** First byte of a value in msgpack, which never begins with it; what has none is a decimal counter. */
const PACKED = 0xc1;
const packr = new Packr({ useRecords: false });

export class MemObject {
  readonly #access: () => Pick<DataAccess, 'cache'>;
  /** Attributes that this object has written or read. */
  readonly #known = new Set<string>();
  #token: Buffer | undefined;

  constructor(
    access: () => Pick<DataAccess, 'cache'>,
    readonly name: string,
  ) {
    this.#access = access;
  }

  /** The attribute's key on the wire. */
  produceKey(attribute: string): string {
    return this.#cache.produceKey(this.#item(attribute));
  }

  /** Whether anybody holds the lock. */
  async locked(): Promise<boolean> {
    return (await this.#cache.get(this.#item(LOCK))) !== undefined;
  }

  /** @returns whether the lock is this object's now; it ends by itself after 10 s */
  async lock(): Promise<boolean> {
    const token = Buffer.from(randomUUID());
    const taken = await this.#cache.add(this.#item(LOCK), token, LOCK_SECONDS);
    if (taken) this.#token = token;
    return taken;
  }

  /** Ends this object's own lock; another's is left alone. */
  async release(): Promise<void> {
    const held = await this.#cache.get(this.#item(LOCK));
    if (held && this.#token && held.equals(this.#token)) await this.#cache.delete(this.#item(LOCK));
    this.#token = undefined;
  }

  /** The attribute's value; undefined when memcached has none. */
  async get(attribute: string): Promise<unknown> {
    const value = await this.#cache.get(this.#item(attribute));
    return value && decode(value);
  }

  /** What memcached has of these attributes. */
  async getMulti(attributes: readonly string[]): Promise<Record<string, unknown>> {
    const found = await this.#cache.getMulti(attributes.map((attribute) => this.#item(attribute)));
    const values: Record<string, unknown> = {};
    for (const attribute of attributes) {
      const value = found.get(this.#item(attribute));
      if (value) values[attribute] = decode(value);
    }
    return values;
  }

  /** @returns false, and changes nothing, when another holds the lock */
  async update(attribute: string, value: unknown): Promise<boolean> {
    return this.updateMulti({ [attribute]: value });
  }

  /** @returns false, and changes nothing, when another holds the lock */
  async updateMulti(values: Readonly<Record<string, unknown>>): Promise<boolean> {
    const held = await this.#cache.get(this.#item(LOCK));
    if (held && !(this.#token && held.equals(this.#token))) return false;
    await this.insert(values);
    return true;
  }

  /** Writes attributes without looking at the lock. */
  async insert(values: Readonly<Record<string, unknown>>): Promise<void> {
    for (const attribute of Object.keys(values)) this.#known.add(attribute);
    await this.#cache.setMulti(Object.entries(values).map(([attribute, value]) => [this.#item(attribute), encode(value)] as const));
  }

  /** Adds to a counter, which starts at 0; never loses an increment. @returns the new value */
  async incr(attribute: string, by = 1): Promise<number> {
    this.#known.add(attribute);
    return this.#cache.incr(this.#item(attribute), by);
  }

  /** Deletes the attributes that this object has written. */
  async mdelete(): Promise<void> {
    const items = [...this.#known].map((attribute) => this.#item(attribute));
    this.#known.clear();
    await this.#cache.deleteMulti(items);
  }

  #item(attribute: string): string {
    return `${this.name}:${attribute}`;
  }

  get #cache(): MemClient {
    const { cache } = this.#access();
    if (!cache) throw new MemConnError(`${this.name}: this node has no memcached; set mem to true in its section of the config`);
    return cache;
  }
}

function encode(value: unknown): Buffer {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return Buffer.from(String(value));
  return Buffer.concat([Buffer.from([PACKED]), packr.pack(value)]);
}

function decode(value: Buffer): unknown {
  return value[0] === PACKED ? packr.unpack(value.subarray(1)) : Number(value.toString('latin1'));
}
