/**
 * How a node reads rows: from memcached where it can, from dbfront where it must. One a node, for all tables.
 *
 * Promised: no row is older than one this node wrote or read, another node's acknowledged change is seen at once, and after a fault of memcached within one lease (cachelease.ts, floors.ts). What
 * one turn asks for leaves together: one multi-get, and for what is not there one load a table.
 */
import { QueueFull, StoreDown } from '../../errors';
import type { Logger } from '../../log/log';
import type { Count, Metrics } from '../../metrics/metrics';
import { decodeItem, itemName } from '../cache/cacheitem';
import type { MemClient } from '../cache/memclient';
import type { Change, Outcome, VersionedRow } from '../change';
import type { DataPort, PkValue } from '../port';
import { copyOf } from '../writer/rowcopy';
import { CacheLease } from './cachelease';
import { CacheRest } from './cacherest';
import { Floors } from './floors';
import { TurnBatch } from './turnbatch';

/** Reads that may be under way at once. */
const UNDER_WAY = 65_536;
/** Versions remembered in two leases. */
const FLOORS = 100_000;
/** Rows that one load asks for. */
const LOAD_ROWS = 500;
/** How often dbfront is asked again for a row that rose while its answer was under way. */
const LOADS = 4;

export interface ReaderOptions {
  readonly port: Pick<DataPort, 'load' | 'epoch'>;
  /** Undefined where there is none: every row comes from the port. */
  readonly cache: () => MemClient | undefined;
  readonly leaseMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** A monotonic clock, in ms. */
  readonly now?: () => number;
}

export class RowReader {
  readonly #port: ReaderOptions['port'];
  readonly #cache: () => MemClient | undefined;
  readonly #lease: CacheLease;
  readonly #rest: CacheRest;
  readonly #floors: Floors;
  readonly #gets: TurnBatch<undefined, Buffer>;
  readonly #loads = new Map<string, TurnBatch<PkValue, VersionedRow>>();
  readonly #hits: Count;
  readonly #misses: Count;
  readonly #stale: Count;
  #cached = 0;
  #underWay = 0;

  constructor({ port, cache, leaseMs, log, metrics, now = () => performance.now() }: ReaderOptions) {
    this.#port = port;
    this.#cache = cache;
    this.#lease = new CacheLease({ ask: () => port.epoch(), leaseMs, now });
    this.#rest = new CacheRest(log, metrics);
    this.#floors = new Floors(FLOORS, 2 * leaseMs, now);
    this.#gets = new TurnBatch((names) => this.#getMulti(names));
    this.#hits = metrics.counter('firefly_cache_hits_total', 'Rows read from memcached');
    this.#misses = metrics.counter('firefly_cache_misses_total', 'Rows asked of memcached that it had not');
    this.#stale = metrics.counter('firefly_cache_stale_total', 'Rows asked of memcached whose item could not be trusted');
    metrics.gauge('firefly_reads_under_way', 'Reads of rows that are not answered yet', () => this.#underWay);
    metrics.gauge('firefly_cache_lease', 'Whether this node may read rows from memcached now', () => Number(this.#lease.held));
    metrics.gauge(
      'firefly_cache_floors',
      'Versions of rows remembered since they were read from dbfront or written',
      () => this.#floors.size,
    );
  }

  /** Rows that came from memcached so far. */
  get cached(): number {
    return this.#cached;
  }

  /** Whether rows may come from memcached now. */
  get isLeased(): boolean {
    return this.#lease.held;
  }

  /**
   * Rows in the order of `pks`; each is the caller's own copy.
   *
   * @param pks in the form rows hold them
   * @param options `fresh`: from dbfront, whatever memcached has
   * @throws QueueFull, and what the port throws
   */
  async read(table: string, pks: readonly PkValue[], options: { readonly fresh?: boolean } = {}): Promise<VersionedRow[]> {
    if (this.#underWay >= UNDER_WAY) throw new QueueFull('reads of rows', UNDER_WAY);
    this.#underWay += 1;
    try {
      const names = pks.map((pk) => itemName(table, pk));
      const rows: (VersionedRow | undefined)[] = new Array(pks.length);
      if (!options.fresh) await this.#readCached(names, rows);
      await this.#readMissing(table, pks, names, rows);
      return rows as VersionedRow[];
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Notes the versions that this node's own changes made: it reads nothing older from now on. */
  wrote(changes: readonly Change[], outcomes: readonly Outcome[]): void {
    for (const [index, { table }] of changes.entries()) {
      const outcome = outcomes[index];
      if (outcome) this.#floors.note(itemName(table, outcome.pk), outcome.version);
    }
  }

  close(): void {
    this.#lease.close();
    this.#rest.close();
  }

  async #readCached(names: readonly string[], into: (VersionedRow | undefined)[]): Promise<void> {
    const client = this.#cache();
    // Asked for even while memcached rests, so that the lease is there when it is back.
    if (!client || this.#lease.use() === 0 || this.#rest.isResting(client) || !this.#floors.complete) return;
    const items = await this.#gets.ask(names, NO_VALUES);
    // What counts is the lease at the end: this process may have stood still since the items were asked for.
    const epoch = this.#floors.complete ? this.#lease.use() : 0;
    for (let at = 0; at < names.length; at++) {
      const name = names[at] as string;
      const item = items.get(name);
      if (!item) this.#misses.inc();
      else {
        into[at] = epoch === 0 ? undefined : decodeItem(item, epoch, this.#floors.of(name));
        if (!into[at]) this.#stale.inc();
        else {
          this.#cached += 1;
          this.#hits.inc();
        }
      }
    }
  }

  /** Has dbfront fill what is missing, and replace what was overtaken meanwhile. */
  async #readMissing(table: string, pks: readonly PkValue[], names: readonly string[], rows: (VersionedRow | undefined)[]): Promise<void> {
    for (let loads = 0; ; loads++) {
      const missing: number[] = [];
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at];
        if (!row || row.version < (this.#floors.of(names[at] as string) ?? 0)) missing.push(at);
      }
      if (missing.length === 0) return;
      if (loads === LOADS)
        throw new StoreDown(`${table}: dbfront answers with an older row than before; another one may have taken its place`);
      const loaded = await this.#loadsOf(table).ask(
        missing.map((at) => names[at] as string),
        missing.map((at) => pks[at] as PkValue),
      );
      for (const at of missing) {
        // Others of this turn may have asked for the same row.
        const found = loaded.get(names[at] as string);
        rows[at] = found && { version: found.version, row: found.row && copyOf(found.row) };
      }
    }
  }

  async #getMulti(asked: ReadonlyMap<string, undefined>): Promise<ReadonlyMap<string, Buffer>> {
    const client = this.#cache();
    if (!client) return NOTHING;
    try {
      const [name] = asked.keys();
      if (name === undefined || asked.size > 1) return await client.getMulti(asked.keys());
      const item = await client.get(name); // a row alone, as most are read: half the frames
      return item ? new Map([[name, item]]) : NOTHING;
    } catch (error) {
      this.#rest.failed(client, error);
      return NOTHING;
    }
  }

  #loadsOf(table: string): TurnBatch<PkValue, VersionedRow> {
    let loads = this.#loads.get(table);
    if (!loads) {
      loads = new TurnBatch((asked) => this.#load(table, asked));
      this.#loads.set(table, loads);
    }
    return loads;
  }

  async #load(table: string, asked: ReadonlyMap<string, PkValue>): Promise<ReadonlyMap<string, VersionedRow>> {
    const entries = [...asked];
    const loaded = new Map<string, VersionedRow>();
    const parts: Promise<void>[] = [];
    for (let from = 0; from < entries.length; from += LOAD_ROWS) {
      const part = entries.slice(from, from + LOAD_ROWS);
      parts.push(
        this.#port
          .load(
            table,
            part.map(([, pk]) => pk),
          )
          .then((rows) => {
            for (const [index, [name]] of part.entries()) {
              const row = rows[index];
              if (!row) continue;
              this.#floors.note(name, row.version);
              loaded.set(name, row);
            }
          }),
      );
    }
    await Promise.all(parts);
    return loaded;
  }
}

const NO_VALUES: readonly undefined[] = [];
const NOTHING: ReadonlyMap<string, Buffer> = new Map();
