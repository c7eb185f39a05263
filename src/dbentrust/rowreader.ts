/**
 * How a node reads rows: from memcached where it can, from dbfront where it must.
 *
 * A cached row counts only when it is of the current epoch, which is read in the same round trip; with the epoch's lease (DESIGN section 8, "Reading") that part of it falls away.
 */
import { decodeEpoch, decodeItem, EPOCH, itemName } from './cacheitem';
import type { DataAccess, PkValue, Row } from './port';

/** How long a memcached that failed is left alone. */
const REST_MS = 1_000;

export class RowReader {
  readonly #access: () => DataAccess;
  readonly #table: string;
  #restsUntil = 0;

  constructor(access: () => DataAccess, table: string) {
    this.#access = access;
    this.#table = table;
  }

  /** Rows in the order of `pks`, null where there is none. @param pks in the form rows hold them */
  async read(pks: readonly PkValue[]): Promise<(Row | null)[]> {
    const cached = await this.#cached(pks);
    const missing = [...new Set(pks)].filter((pk) => !cached.has(pk));
    if (missing.length > 0) {
      const loaded = await this.#access().port.load(this.#table, missing);
      for (const [index, pk] of missing.entries()) cached.set(pk, loaded[index] ?? null);
    }
    return pks.map((pk) => cached.get(pk) ?? null);
  }

  async #cached(pks: readonly PkValue[]): Promise<Map<PkValue, Row | null>> {
    const { cache, log } = this.#access();
    const rows = new Map<PkValue, Row | null>();
    if (!cache || pks.length === 0 || Date.now() < this.#restsUntil) return rows;
    try {
      const items = await cache.getMulti([EPOCH, ...pks.map((pk) => itemName(this.#table, pk))]);
      const epoch = decodeEpoch(items.get(EPOCH));
      if (epoch === undefined) return rows;
      for (const pk of pks) {
        const item = items.get(itemName(this.#table, pk));
        const found = item && decodeItem(item, epoch);
        if (found) rows.set(pk, found.row);
      }
      this.#restsUntil = 0;
    } catch (error) {
      if (this.#restsUntil === 0)
        log.warn({ event: 'cache lost', table: this.#table, error }, 'memcached does not answer; rows are read from dbfront');
      this.#restsUntil = Date.now() + REST_MS;
    }
    return rows;
  }
}
