/**
 * What the writer knows beside its rows: tables, identities, leases, granted ids. All of it comes back from the journal after a restart.
 */
import { NotManaged } from '../../errors';
import type { PkValue, TableDef } from '../port';
import { Identities } from './identities';
import { decodeSnapshot, encodeSnapshot } from './record';
import { Leases } from './rowleases';
import type { ManagedTable } from './table';

export class State {
  readonly tables = new Map<string, ManagedTable>();
  /** How tables are registered, also those that are not in use since the restart. */
  readonly defs = new Map<string, TableDef>();
  readonly identities = new Identities();
  readonly leases = new Leases();
  /** The last id granted, by table. */
  readonly ids = new Map<string, number>();

  /** @throws NotManaged */
  table(name: string): ManagedTable {
    const table = this.tables.get(name);
    if (!table) throw new NotManaged(name);
    return table;
  }

  /** @throws NotManaged, PKValueError */
  nameOf(table: string, pk: PkValue): { table: ManagedTable; pk: PkValue } {
    const managed = this.table(table);
    return { table: managed, pk: managed.pkOf(pk) };
  }

  granted(table: string, last: number): void {
    this.ids.set(table, Math.max(last, this.ids.get(table) ?? 0));
  }

  /** For the head of a segment of the journal. */
  snapshot(): Buffer {
    return encodeSnapshot({
      tables: [...this.defs.values()],
      ids: [...this.ids],
      leases: this.leases.snapshot(),
      sources: this.identities.snapshot(),
    });
  }

  restore(payload: Buffer): void {
    const { tables, ids, leases, sources } = decodeSnapshot(payload);
    for (const def of tables) this.defs.set(def.table, def);
    for (const [table, last] of ids) this.granted(table, last);
    this.leases.restore(leases);
    this.identities.restore(sources);
  }
}
