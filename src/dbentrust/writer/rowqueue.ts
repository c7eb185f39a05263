/**
 * Rows by primary key, many callers a statement: who asks while one runs goes into the next.
 *
 * The callers hold the locks of their rows, so that each row is asked for once at a time.
 */

import { isRefusal } from '../flush/sieve';
import type { TableSql } from '../flush/tablesql';
import type { PkValue, Row, SqlValue } from '../port';
import type { SqlExecutor } from '../sql/store';

interface Ask {
  readonly pks: readonly PkValue[];
  readonly resolve: (found: ReadonlyMap<string, Row>) => void;
  readonly reject: (error: unknown) => void;
}

export class RowQueue {
  readonly #sql: SqlExecutor;
  readonly #texts: TableSql;
  readonly #pk: string;
  #asks: Ask[] = [];
  #running = false;

  constructor(sql: SqlExecutor, texts: TableSql, pk: string) {
    this.#sql = sql;
    this.#texts = texts;
    this.#pk = pk;
  }

  /** Rows by primary key as text; those of other callers may be among them. */
  select(pks: readonly PkValue[]): Promise<ReadonlyMap<string, Row>> {
    return new Promise((resolve, reject) => {
      this.#asks.push({ pks, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // One turn of patience: what arrived in one chunk of a link is asked for in one statement.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#asks.length > 0) {
      const asks = this.#asks;
      this.#asks = [];
      if (await this.#answer(asks)) continue;
      // What one of them asked for is refused: not the others' fault.
      for (const ask of asks) await this.#answer([ask]);
    }
    this.#running = false;
  }

  /** @returns false when several asks are to be tried one by one */
  async #answer(asks: readonly Ask[]): Promise<boolean> {
    try {
      const found = await this.#read(asks.flatMap(({ pks }) => pks));
      for (const { resolve } of asks) resolve(found);
    } catch (error) {
      if (asks.length > 1 && isRefusal(error)) return false;
      for (const { reject } of asks) reject(error);
    }
    return true;
  }

  async #read(pks: readonly SqlValue[]): Promise<ReadonlyMap<string, Row>> {
    const found = new Map<string, Row>();
    for (const batch of this.#texts.batches(pks)) {
      const { rows } = await this.#sql.query(this.#texts.select(batch.length), batch);
      for (const row of rows) found.set(String(row[this.#pk]), row);
    }
    return found;
  }
}
