/**
 * The tables in the writer's care: taken up when a node registers them, or when the journal or the quarantine has rows of them.
 *
 * How a table is registered is in the journal, so that a new writer knows it before any node does.
 */
import { StartFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { Quarantine } from '../flush/quarantine';
import type { Journal } from '../journal/contract';
import type { Durability, TableDef, TableShape } from '../port';
import type { ColumnInfo, SqlStore, TableInfo } from '../sql/store';
import { KeyedLock } from './keyedlock';
import { encodeRecord } from './record';
import type { State } from './state';
import { ManagedTable } from './table';

/** Registrations that may wait. */
const UNDER_WAY = 4_096;
const MAX_INT64 = 2n ** 63n - 1n;

export interface TablesOptions {
  readonly store: SqlStore;
  readonly state: State;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  /** By table; goes before what a node says of it. */
  readonly durability: Readonly<Record<string, Durability>>;
  readonly log: Logger;
}

export class Tables {
  readonly #options: TablesOptions;
  readonly #locks = new KeyedLock('registrations of tables', UNDER_WAY);

  constructor(options: TablesOptions) {
    this.#options = options;
  }

  /** Whether a table of that name, in lower case, is managed. */
  has(name: string): boolean {
    for (const table of this.#options.state.tables.keys()) if (table.toLowerCase() === name) return true;
    return false;
  }

  /** @throws StartFailed */
  manage(def: TableDef): Promise<TableShape> {
    const { state, journal, durability } = this.#options;
    const own = Object.hasOwn(durability, def.table) ? durability[def.table] : undefined;
    const wanted = own ? { ...def, durability: own } : def;
    return this.#locks.run([def.table], async () => {
      const known = state.tables.get(def.table);
      known?.extend(wanted);
      const table = known ?? this.#add(wanted, await this.#describe(def.table));
      if (JSON.stringify(state.defs.get(table.name)) !== JSON.stringify(table.def)) {
        const sequence = journal.append(encodeRecord({ kind: 'table', def: table.def }));
        state.defs.set(table.name, table.def);
        await journal.sync(sequence);
      }
      return table.shape();
    });
  }

  /** A table that the journal has changes of. Its rows can be written without what nodes told of it beside its key; that may be wrong by now. @throws StartFailed */
  async manageAgain(name: string): Promise<ManagedTable> {
    const def = this.#options.state.defs.get(name);
    if (!def) throw new StartFailed(`the journal has changes of table ${name} and does not say how it was registered`);
    try {
      const info = await this.#describe(name);
      try {
        return this.#add(def, info);
      } catch {
        return this.#add({ table: name, pk: def.pk }, info);
      }
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error;
      const problem = `the journal holds acknowledged changes that are not in the database, and ${error.message}`;
      const fix = 'To keep them, bring the table back as it was, start, and change it by a migration, which flushes first';
      throw new StartFailed(`${problem}. ${fix}`, { cause: error });
    }
  }

  /** Tables with rows in the quarantine: those can be released and dropped before any node uses the table. */
  async manageFrozen(): Promise<void> {
    const { state, quarantine, log } = this.#options;
    for (const name of new Set(quarantine.list().map(({ table }) => table))) {
      if (state.tables.has(name)) continue;
      try {
        await this.manageAgain(name);
      } catch (error) {
        if (!(error instanceof StartFailed)) throw error;
        log.warn({ event: 'quarantine', table: name, error }, `rows of ${name} lie in the quarantine, and the table cannot be managed`);
      }
    }
  }

  /**
   * Looks at all tables anew, and forgets their clean rows.
   *
   * @param isIdle whether nobody works on rows and all of them are clean
   * @returns whether it was so when the tables had been looked at; else nothing has happened
   */
  async reopen(isIdle: () => boolean): Promise<boolean> {
    const { state, store, journal } = this.#options;
    const infos = new Map<string, TableInfo | undefined>();
    for (const name of state.tables.keys()) infos.set(name, await store.describe(name));
    if (!isIdle()) return false;
    for (const table of [...state.tables.values()]) {
      if (!infos.has(table.name)) continue;
      // A record more, so that its rows have higher versions than before: what was decided on what they were is refused.
      journal.append(encodeRecord({ kind: 'table', def: table.def }));
      state.tables.delete(table.name);
      const info = infos.get(table.name);
      if (info) this.#add(table.def, info);
    }
    return true;
  }

  async #describe(name: string): Promise<TableInfo> {
    const info = await this.#options.store.describe(name);
    if (!info) throw new StartFailed(`there is no table ${name} in the database; make it by a migration, or correct the name`);
    return info;
  }

  #add(def: TableDef, info: TableInfo): ManagedTable {
    const { store, state, journal, quarantine } = this.#options;
    const table = new ManagedTable(def, store.dialect === 'sqlite' ? within64Bits(info) : info);
    table.coldVersion = journal.appended;
    for (const { table: name, pk, now, version, reason } of quarantine.list())
      if (name === table.name) table.addFrozen(pk, now, version, reason);
    state.tables.set(table.name, table);
    return table;
  }
}

/** SQLite has no unsigned integers of 64 bits: what it cannot hold is refused before it is acknowledged. */
function within64Bits(info: TableInfo): TableInfo {
  const columns = [...info.columns].map(([name, column]): [string, ColumnInfo] => [
    name,
    column.max !== undefined && column.max > MAX_INT64 ? { ...column, max: MAX_INT64 } : column,
  ]);
  return { ...info, columns: new Map(columns) };
}
