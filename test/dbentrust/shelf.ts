/**
 * The cache's side of a writer, alone: rows of one table in memory, each change brought to memcached before it is acknowledged. What the writer does beside that has its own tests.
 */

import { itemName } from '../../src/dbentrust/cache/cacheitem';
import { MemClient } from '../../src/dbentrust/cache/memclient';
import { RowCache } from '../../src/dbentrust/cache/rowcache';
import type { VersionedRow } from '../../src/dbentrust/change';
import type { PkValue, Row } from '../../src/dbentrust/port';
import { RowReader } from '../../src/dbentrust/reading/rowreader';
import { Metrics } from '../../src/metrics/metrics';
import { silentLog } from '../helpers/services';

export const TABLE = 'tb_item';

export interface ShelfOptions {
  /** `host:port` at which the writer reaches memcached. */
  readonly memcached: string;
  readonly leaseMs?: number;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

let hostnames = 0;

export class Shelf implements AsyncDisposable {
  readonly hostname = `s${process.pid}_${++hostnames}`;
  readonly metrics = new Metrics('dbfront');
  readonly cache: RowCache;
  readonly client: MemClient;
  /** What each load was asked for. */
  readonly loads: (readonly PkValue[])[] = [];
  readonly rows = new Map<PkValue, VersionedRow>();
  readonly #options: ShelfOptions;
  readonly #closers: (() => unknown)[] = [];
  /** Of the last change. */
  version = 0;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();

  private constructor(options: ShelfOptions) {
    this.#options = options;
    this.client = this.connect(options.memcached);
    const { leaseMs = 1_000, now } = options;
    this.cache = new RowCache({ cache: this.client, leaseMs, log: silentLog(), metrics: this.metrics, ...(now ? { now } : {}) });
  }

  static async open(options: ShelfOptions): Promise<Shelf> {
    const shelf = new Shelf(options);
    await shelf.cache.start();
    return shelf;
  }

  connect(url: string): MemClient {
    const client = MemClient.connect([url], { hostname: this.hostname, timeoutMs: this.#options.timeoutMs ?? 2_000, log: silentLog() });
    this.#closers.push(() => client.close());
    return client;
  }

  /** Changes a row. @returns its version, when it may be acknowledged */
  async write(pk: PkValue, row: Row | null): Promise<number> {
    this.version += 1;
    const { version } = this;
    this.rows.set(pk, { version, row });
    await this.cache.put(itemName(TABLE, pk), version, row);
    return version;
  }

  async load(_table: string, pks: readonly PkValue[]): Promise<VersionedRow[]> {
    this.loads.push(pks);
    await this.gate;
    return pks.map((pk) => {
      const { version, row } = this.rows.get(pk) ?? { version: this.version, row: null };
      this.cache.fill(itemName(TABLE, pk), version, row);
      return { version, row: row && { ...row } };
    });
  }

  async epoch(): Promise<number> {
    return this.cache.epoch;
  }

  /** A node that reads. @param url at which it reaches memcached, when not as the writer does */
  node(url = this.#options.memcached): ShelfNode {
    const node = new ShelfNode(this, this.connect(url), this.#options);
    this.#closers.push(() => node.reader.close());
    return node;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cache.stop();
    for (const close of this.#closers.reverse()) await close();
  }
}

export class ShelfNode {
  readonly reader: RowReader;
  readonly metrics = new Metrics('game');

  constructor(
    readonly shelf: Shelf,
    readonly client: MemClient,
    { leaseMs = 1_000, now }: ShelfOptions,
  ) {
    this.reader = new RowReader({
      port: shelf,
      cache: () => client,
      leaseMs,
      log: silentLog(),
      metrics: this.metrics,
      ...(now ? { now } : {}),
    });
  }

  async read(pk: PkValue): Promise<VersionedRow> {
    const [row] = await this.reader.read(TABLE, [pk]);
    if (!row) throw new Error('a read answers each key');
    return row;
  }

  readAll(pks: readonly PkValue[]): Promise<VersionedRow[]> {
    return this.reader.read(TABLE, pks);
  }

  /** Changes a row as this node's own change. */
  async write(pk: PkValue, row: Row | null): Promise<number> {
    const version = await this.shelf.write(pk, row);
    this.reader.wrote([{ op: 'delete', table: TABLE, pk }], [{ pk, version }]);
    return version;
  }

  /** A sample of a metric of this node. */
  count(name: string): Promise<number> {
    return sample(this.metrics, name);
  }
}

export async function sample(metrics: Metrics, name: string): Promise<number> {
  const line = (await metrics.text()).split('\n').find((text) => text.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}
