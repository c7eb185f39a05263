/**
 * memcached as the framework uses it: whole values under `HOSTNAME:name`, compare-and-set, many keys in one round trip.
 *
 * Built on memjs's client (its requests and its choice of a server for a key) over a transport of our own. What memcached answers becomes a value here; what it does not answer is MemConnError.
 */
import { Client, type Server } from 'memjs';
import { MemConnError, TooLarge } from '../../errors';
import type { Logger } from '../../log/log';
import { frameHead, OP, REQUEST, STATUS } from './frames';
import { getQuietly, type Item, setQuietly } from './quiet';
import { QUEUED_BYTES, type Reply, Transport } from './transport';

export interface MemOptions {
  /** First part of every key. */
  readonly hostname: string;
  /** How long a server may be silent while it owes an answer. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * `too large`: the server keeps no value of that size, and nothing is stored under the name any more. `no room`: it has no memory for values of that size now, and what it keeps under the name is
 * unknown. Neither is a failure of the cache.
 */
export type Stored = 'stored' | 'too large' | 'no room';

const KEY_BYTES = 250;
const MAX_VALUE = QUEUED_BYTES / 2;
const DEFAULT_PORT = 11_211;
/** How a url begins that is the path of a socket. */
export const UNIX = 'unix:';
/** From here on memcached reads an expiry as a date; before it, as seconds from now. */
const LONGEST_RELATIVE_SECONDS = 30 * 24 * 3_600;
const NOTHING = Buffer.alloc(0);
/** Values up to this size are sent many in one piece; larger ones may be above what the server keeps. */
const SMALL_VALUE = 64 * 1024;

/** @internal memjs counts its requests into negative numbers after 2^31 of them, which no longer fit the field. */
export class UnsignedClient extends Client {
  override incrSeq(): void {
    (this as { seq: number }).seq = (this.seq + 1) >>> 0;
  }
}

/** Every method takes the name without the hostname. All reject with MemConnError when the server cannot be reached or does not answer, QueueFull at the bound. */
export class MemClient {
  readonly #client: UnsignedClient;
  readonly #servers: readonly Transport[];
  readonly #prefix: string;
  #closing: Promise<void> | undefined;

  private constructor(servers: readonly Transport[], hostname: string) {
    this.#servers = servers;
    // One try: a second one, later, would overtake what was written in between.
    this.#client = new UnsignedClient(servers as unknown as readonly Server[], {
      retries: 1,
      failover: false,
      logger: { log: () => undefined },
    });
    this.#prefix = `${hostname}:`;
  }

  /** Connects at the first operation. @param urls `host:port` or `unix:/path` of each server; keys are spread over them @throws TypeError for a url that is none */
  static connect(urls: readonly string[], options: MemOptions): MemClient {
    if (urls.length === 0) throw new TypeError('memcached.urls names no server; give at least one host:port');
    const servers = urls.map((url) => {
      if (url.startsWith(UNIX)) return new Transport({ path: url.slice(UNIX.length) }, options);
      const [, ipv6, name, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:/\s]+))(?::(\d{1,5}))?$/i.exec(url) ?? [];
      const host = ipv6 ?? name;
      const port = digits === undefined ? DEFAULT_PORT : Number(digits);
      if (host === undefined || port < 1 || port > 65_535) throw new TypeError(`memcached.urls: ${JSON.stringify(url)} is not host:port`);
      return new Transport({ host, port }, options);
    });
    return new MemClient(servers, options.hostname);
  }

  /** Requests that wait for an answer. */
  get inFlight(): number {
    return this.#servers.reduce((sum, server) => sum + server.inFlight, 0);
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Settles when every server has answered. */
  async ping(): Promise<void> {
    await Promise.all(this.#servers.map((server) => getQuietly(server, this.#nextOpaque(), [], () => undefined)));
  }

  /** The key on the wire: `HOSTNAME:name`. @throws RangeError when it is longer than 250 bytes or holds a space or control character */
  produceKey(name: string): string {
    const key = this.#prefix + name;
    if (key.length > KEY_BYTES || Buffer.byteLength(key) > KEY_BYTES)
      throw new RangeError(`the cache key ${JSON.stringify(key.slice(0, 60))}… is longer than ${KEY_BYTES} bytes`);
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code <= 0x20 || code === 0x7f) throw new RangeError(`the cache key ${JSON.stringify(key)} holds a space or a control character`);
    }
    return key;
  }

  /** The value is a view of what was read: copy it to keep a small part of it for long. */
  async get(name: string): Promise<Buffer | undefined> {
    return (await this.gets(name))?.value;
  }

  /** The value and the token that `cas` wants. */
  async gets(name: string): Promise<{ value: Buffer; cas: Buffer } | undefined> {
    const reply = await this.#request(OP.get, name);
    return this.#expect(reply, 'get', STATUS.notFound) === STATUS.ok ? { value: reply.val, cas: Buffer.from(reply.header.cas) } : undefined;
  }

  /** What is there, by name; one round trip a server. */
  async getMulti(names: Iterable<string>): Promise<Map<string, Buffer>> {
    const byServer = new Map<Transport, string[]>();
    for (const name of new Set(names)) {
      const key = this.produceKey(name);
      gather(byServer, this.#serverOf(key), key);
    }
    const found = new Map<string, Buffer>();
    const take = (key: string, value: Buffer) => found.set(key.slice(this.#prefix.length), value);
    await Promise.all(Array.from(byServer, ([server, keys]) => getQuietly(server, this.#nextOpaque(), keys, take)));
    return found;
  }

  async set(name: string, value: Buffer, expirySeconds = 0): Promise<Stored> {
    const result = await this.#store(OP.set, name, value, expirySeconds, STATUS.outOfMemory);
    return result === STATUS.ok ? 'stored' : result === STATUS.outOfMemory ? 'no room' : 'too large';
  }

  /** One write and, while all are stored, one answer a server. @returns the names whose value was too large or found no room; all others are stored */
  async setMulti(values: Iterable<readonly [string, Buffer]>, expirySeconds = 0): Promise<string[]> {
    const byServer = new Map<Transport, Item[]>();
    const alone: (readonly [string, Buffer])[] = [];
    const namesOf = new Map<string, string>();
    for (const [name, value] of values) {
      const key = this.produceKey(name);
      namesOf.set(key, name);
      if (value.length > SMALL_VALUE) alone.push([name, value]);
      else gather(byServer, this.#serverOf(key), { key, value });
    }
    const refused: string[] = [];
    const expiry = expiryField(expirySeconds);
    const storeAlone = async (name: string, value: Buffer) => {
      if ((await this.set(name, value, expirySeconds)) !== 'stored') refused.push(name);
    };
    const store = async (server: Transport, items: readonly Item[]) => {
      if (items.length > 1 && (await setQuietly(server, this.#nextOpaque(), items, expiry))) return;
      // One alone; or some were refused, and a quiet set does not say which.
      await Promise.all(items.map(({ key, value }) => storeAlone(namesOf.get(key) as string, value)));
    };
    await Promise.all([
      ...Array.from(byServer, ([server, items]) => store(server, items)),
      ...alone.map(([name, value]) => storeAlone(name, value)),
    ]);
    return refused;
  }

  /** Stores only when nothing is there. @returns whether it stored @throws TooLarge */
  async add(name: string, value: Buffer, expirySeconds = 0): Promise<boolean> {
    const result = await this.#store(OP.add, name, value, expirySeconds, STATUS.exists);
    if (result === STATUS.tooLarge) throw new TooLarge(`the cache item ${name}`, value.length, MAX_VALUE);
    return result === STATUS.ok;
  }

  /** Stores only when nobody did since `gets` gave the token. */
  async cas(name: string, value: Buffer, cas: Buffer, expirySeconds = 0): Promise<'stored' | 'exists' | 'missing' | 'too large'> {
    switch (await this.#store(OP.set, name, value, expirySeconds, STATUS.exists, cas)) {
      case STATUS.ok:
        return 'stored';
      case STATUS.exists:
        return 'exists';
      case STATUS.notFound:
        return 'missing';
      default:
        return 'too large';
    }
  }

  /** Adds to a decimal counter; a missing one starts at 0. @returns the new value @throws RangeError when it is no longer a safe integer, TypeError when what is there is no counter */
  async incr(name: string, by: number): Promise<number> {
    if (!Number.isSafeInteger(by) || by < 0) throw new RangeError(`incr ${name}: ${by} is not a whole number of 0 or more`);
    const extras = Buffer.alloc(20);
    extras.writeBigUInt64BE(BigInt(by), 0);
    extras.writeBigUInt64BE(BigInt(by), 8);
    const reply = await this.#request(OP.increment, name, extras);
    if (this.#expect(reply, 'incr', STATUS.notANumber) !== STATUS.ok)
      throw new TypeError(`incr ${name}: what is stored there is not a number`);
    const value = Number(reply.val.readBigUInt64BE(0));
    if (!Number.isSafeInteger(value)) throw new RangeError(`incr ${name}: the counter left the safe integers`);
    return value;
  }

  /** @returns whether something was there */
  async delete(name: string): Promise<boolean> {
    return this.#expect(await this.#request(OP.delete, name), 'delete', STATUS.notFound) === STATUS.ok;
  }

  async deleteMulti(names: Iterable<string>): Promise<void> {
    await Promise.all(Array.from(names, (name) => this.delete(name)));
  }

  /** Empties every server, for all that use them. */
  async flushAll(): Promise<void> {
    await this.#client.flush();
  }

  /** Waits for what is in flight, then closes the connections. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#servers.map((server) => server.drain())).then(() => undefined);
    return this.#closing;
  }

  /** @returns ok, tooLarge, or for a compare-and-set also exists and notFound; `alsoFine` is what else counts as an answer */
  async #store(
    opcode: number,
    name: string,
    value: Buffer,
    expirySeconds: number,
    alsoFine: number = STATUS.ok,
    cas?: Buffer,
  ): Promise<number> {
    if (value.length > MAX_VALUE) {
      // The server would drop what it has under the name; it must not outlive a newer value here either.
      if (opcode === OP.set) await this.delete(name);
      return STATUS.tooLarge;
    }
    const extras = Buffer.alloc(8);
    extras.writeUInt32BE(expiryField(expirySeconds), 4);
    const reply = await this.#request(opcode, name, extras, value, cas);
    return this.#expect(reply, 'store', STATUS.tooLarge, alsoFine, cas ? STATUS.notFound : STATUS.ok);
  }

  #request(opcode: number, name: string, extras: Buffer = NOTHING, value: Buffer = NOTHING, cas?: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const key = this.produceKey(name);
      const opaque = this.#nextOpaque();
      const head = frameHead({ magic: REQUEST, opcode, opaque, cas, extras, key: Buffer.from(key), valueBytes: value.length });
      this.#client.perform(key, value.length === 0 ? head : Buffer.concat([head, value]), opaque, (error: Error | null, reply?: Reply) => {
        if (reply) resolve(reply);
        else reject(error ?? new MemConnError('memcached: no answer'));
      });
    });
  }

  #nextOpaque(): number {
    this.#client.incrSeq();
    return this.#client.seq;
  }

  #serverOf(key: string): Transport {
    return this.#client.server(key) as unknown as Transport;
  }

  /** @returns the status when it is ok or one of `fine` @throws MemConnError for any other: the cache could not do it */
  #expect(reply: Reply, what: string, ...fine: number[]): number {
    const { status } = reply.header;
    if (status === STATUS.ok || fine.includes(status)) return status;
    throw new MemConnError(
      `memcached refused to ${what}: ${status === STATUS.outOfMemory ? 'it is out of memory' : `status 0x${status.toString(16)} ${reply.val.toString('latin1', 0, 100)}`}`,
    );
  }
}

function gather<K, T>(lists: Map<K, T[]>, key: K, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}

function expiryField(seconds: number): number {
  if (!(seconds >= 0)) throw new RangeError(`an expiry of ${seconds} seconds; give 0 for none`);
  const whole = Math.ceil(seconds);
  return whole <= LONGEST_RELATIVE_SECONDS ? whole : Math.min(Math.floor(Date.now() / 1_000) + whole, 0xffff_ffff);
}
