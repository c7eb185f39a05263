/**
 * memcached as the framework uses it: whole values under `HOSTNAME:name`, compare-and-set, many keys in one round trip.
 *
 * Built on memjs's client (its requests and its choice of a server for a key) over a transport of our own. What memcached answers becomes a value here; what it does not answer is MemConnError.
 */
import { Client, type Server } from 'memjs';
import { MemConnError, TooLarge } from '../../errors';
import type { Logger } from '../../log/log';
import { frameHead, OP, REQUEST, STATUS } from './frames';
import { QUEUED_BYTES, type Reply, type ReplyHandler, Transport } from './transport';

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
/** From here on memcached reads an expiry as a date; before it, as seconds from now. */
const LONGEST_RELATIVE_SECONDS = 30 * 24 * 3_600;
const NOTHING = Buffer.alloc(0);
/** Values up to this size are sent many in one piece; larger ones may be above what the server keeps. */
const SMALL_VALUE = 64 * 1024;
const SET_EXTRAS = 8;

interface Value {
  readonly name: string;
  readonly key: string;
  readonly value: Buffer;
}

/** memjs counts its requests into negative numbers after 2^31 of them, which no longer fit the field. */
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

  /** Connects at the first operation. @param urls `host:port` of each server; keys are spread over them @throws TypeError for a url that is none */
  static connect(urls: readonly string[], options: MemOptions): MemClient {
    if (urls.length === 0) throw new TypeError('memcached.urls names no server; give at least one host:port');
    const servers = urls.map((url) => {
      const [, ipv6, name, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:/\s]+))(?::(\d{1,5}))?$/i.exec(url) ?? [];
      const host = ipv6 ?? name;
      const port = digits === undefined ? DEFAULT_PORT : Number(digits);
      if (host === undefined || port < 1 || port > 65_535) throw new TypeError(`memcached.urls: ${JSON.stringify(url)} is not host:port`);
      return new Transport(host, port, options);
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
    await Promise.all(this.#servers.map((server) => this.#getFrom(server, [], new Map())));
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
      const server = this.#serverOf(key);
      const keys = byServer.get(server);
      if (keys) keys.push(key);
      else byServer.set(server, [key]);
    }
    const found = new Map<string, Buffer>();
    await Promise.all(Array.from(byServer, ([server, keys]) => this.#getFrom(server, keys, found)));
    return found;
  }

  async set(name: string, value: Buffer, expirySeconds = 0): Promise<Stored> {
    const result = await this.#store(OP.set, name, value, expirySeconds, STATUS.outOfMemory);
    return result === STATUS.ok ? 'stored' : result === STATUS.outOfMemory ? 'no room' : 'too large';
  }

  /** One write and, while all are stored, one answer a server. @returns the names whose value was too large or found no room; all others are stored */
  async setMulti(values: Iterable<readonly [string, Buffer]>, expirySeconds = 0): Promise<string[]> {
    const byServer = new Map<Transport, Value[]>();
    for (const [name, value] of values) {
      const key = this.produceKey(name);
      const server = this.#serverOf(key);
      const list = byServer.get(server);
      if (list) list.push({ name, key, value });
      else byServer.set(server, [{ name, key, value }]);
    }
    const refused: string[] = [];
    const store = async (server: Transport, list: readonly Value[]) => {
      if (list.length > 1 && (await this.#setQuietly(server, list, expirySeconds))) return;
      // One alone; or some were refused, and a quiet set does not say which.
      await Promise.all(
        list.map(async ({ name, value }) => (await this.set(name, value, expirySeconds)) === 'stored' || refused.push(name)),
      );
    };
    await Promise.all(Array.from(byServer, ([server, list]) => store(server, list)));
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
      this.#client.incrSeq();
      const opaque = this.#client.seq;
      const head = frameHead({ magic: REQUEST, opcode, opaque, cas, extras, key: Buffer.from(key), valueBytes: value.length });
      this.#client.perform(key, value.length === 0 ? head : Buffer.concat([head, value]), opaque, (error: Error | null, reply?: Reply) => {
        if (reply) resolve(reply);
        else reject(error ?? new MemConnError('memcached: no answer'));
      });
    });
  }

  /** Quiet sets answer refusals only; the noop behind them says that all are through. @returns whether all are stored */
  async #setQuietly(server: Transport, values: readonly Value[], expirySeconds: number): Promise<boolean> {
    if (values.some(({ value }) => value.length > SMALL_VALUE)) return false;
    return new Promise((resolve, reject) => {
      this.#client.incrSeq();
      const opaque = this.#client.seq;
      const extras = Buffer.alloc(SET_EXTRAS);
      extras.writeUInt32BE(expiryField(expirySeconds), 4);
      const parts: Buffer[] = [];
      for (const { key, value } of values) {
        parts.push(frameHead({ magic: REQUEST, opcode: OP.setQ, opaque, extras, key: Buffer.from(key), valueBytes: value.length }), value);
      }
      parts.push(frameHead({ magic: REQUEST, opcode: OP.noop, opaque, valueBytes: 0 }));
      let isStored = true;
      const take: ReplyHandler = ({ header }) => {
        if (header.opcode !== OP.noop) isStored = false;
        if (header.opcode === OP.noop || header.totalBodyLength === 0) resolve(isStored);
      };
      take.quiet = true;
      server.onResponse(opaque, take);
      server.onError(opaque, reject);
      server.write(Buffer.concat(parts));
    });
  }

  /** Quiet gets answer hits only; the noop behind them says that all are through. All share one opaque. */
  #getFrom(server: Transport, keys: readonly string[], found: Map<string, Buffer>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.incrSeq();
      const opaque = this.#client.seq;
      const gets = keys.map((key) => frameHead({ magic: REQUEST, opcode: OP.getKQ, opaque, key: Buffer.from(key), valueBytes: 0 }));
      const take: ReplyHandler = (reply) => {
        if (reply.header.opcode === OP.noop) resolve();
        else if (reply.header.status === STATUS.ok) found.set(reply.key.toString().slice(this.#prefix.length), reply.val);
        else reject(new MemConnError(`${server}: refused a get with status ${reply.header.status}`));
      };
      take.quiet = true;
      server.onResponse(opaque, take);
      server.onError(opaque, reject);
      server.write(Buffer.concat([...gets, frameHead({ magic: REQUEST, opcode: OP.noop, opaque, valueBytes: 0 })]));
    });
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

function expiryField(seconds: number): number {
  if (!(seconds >= 0)) throw new RangeError(`an expiry of ${seconds} seconds; give 0 for none`);
  const whole = Math.ceil(seconds);
  return whole <= LONGEST_RELATIVE_SECONDS ? whole : Math.min(Math.floor(Date.now() / 1_000) + whole, 0xffff_ffff);
}
