/**
 * memcached as the framework uses it: whole values under `HOSTNAME:name`, compare-and-set, many keys in one round trip.
 */
import type { Logger } from '../../log/log';

export interface MemOptions {
  /** First part of every key. */
  readonly hostname: string;
  /** Deadline of one operation. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/** `too large`: the server keeps no value of that size; nothing is stored under the name any more. That is no failure of the cache. */
export type Stored = 'stored' | 'too large';

/** Every method takes the name without the hostname. All reject with MemConnError when the server cannot be reached or does not answer, QueueFull at the bound. */
export declare class MemClient {
  /** @param urls `host:port` of each server; keys are spread over them */
  static connect(urls: readonly string[], options: MemOptions): MemClient;
  /** The key on the wire: `HOSTNAME:name`. @throws RangeError when it is longer than 250 bytes or holds a space or control character */
  produceKey(name: string): string;
  get(name: string): Promise<Buffer | undefined>;
  /** What is there, by name; one round trip a server. */
  getMulti(names: Iterable<string>): Promise<Map<string, Buffer>>;
  set(name: string, value: Buffer, expirySeconds?: number): Promise<Stored>;
  /** @returns the names whose value was too large; all others are stored */
  setMulti(values: Iterable<readonly [string, Buffer]>, expirySeconds?: number): Promise<string[]>;
  /** Stores only when nothing is there. @returns whether it stored @throws TooLarge */
  add(name: string, value: Buffer, expirySeconds?: number): Promise<boolean>;
  /** Adds to a decimal counter; a missing one starts at 0. @returns the new value @throws RangeError when it is no longer a safe integer */
  incr(name: string, by: number): Promise<number>;
  /** @returns whether something was there */
  delete(name: string): Promise<boolean>;
  deleteMulti(names: Iterable<string>): Promise<void>;
  /** The value and the token that `cas` wants. */
  gets(name: string): Promise<{ value: Buffer; cas: Buffer } | undefined>;
  cas(name: string, value: Buffer, cas: Buffer, expirySeconds?: number): Promise<'stored' | 'exists' | 'missing' | 'too large'>;
  flushAll(): Promise<void>;
  /** Requests that wait for an answer. */
  readonly inFlight: number;
  close(): Promise<void>;
}
