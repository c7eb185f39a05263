/**
 * The writer's port across a link: `servePort` in dbfront, `remotePort` in every other node.
 *
 * Rows travel as they are; integers beyond 2^53 as bigints and BLOBs as Buffers, which msgpack carries. When the link breaks, what waits is sent again on the next one, until its deadline:
 * changes carry an identity, and what else is asked does no harm twice.
 */
import type { Change, ChangeGroup, ChangeId, HeldLease, Outcome, ReadVersion, VersionedRow } from './change';
import { PatientCalls, type PortLink } from './patientcalls';
import type { DataPort, FlushReport, IdBlock, PkValue, QuarantinedRow, SqlResult, TableDef, TableShape } from './port';

const PREFIX = 'firefly.db.';

/** A port that is somewhere else. */
export function remotePort(link: PortLink): DataPort {
  const defs = new Map<string, TableDef>();
  const patient = new PatientCalls(link, {
    has: (table) => defs.has(table),
    again: (table, timeoutMs, order) => link.call(`${PREFIX}manage`, [defs.get(table)], timeoutMs, order),
  });
  const ask = (verb: string, tables: readonly string[], ...args: unknown[]) => patient.call(PREFIX + verb, args, tables);
  const send = (verb: string, ...args: unknown[]) => ask(verb, [], ...args);
  const of = <T>(verb: string, table: string, ...args: unknown[]) => ask(verb, [table], table, ...args) as Promise<T>;
  return {
    async manage(def) {
      const shape = (await send('manage', def)) as TableShape;
      const { columns: _columns, uniqueKeys: _keys, ...registered } = shape;
      defs.set(def.table, registered);
      return shape;
    },
    load: (table, pks) => of<VersionedRow[]>('load', table, pks),
    pksByFk: (table, fk) => of<PkValue[]>('pksByFk', table, fk),
    commit: (group) => ask('commit', tablesOf(group), group) as Promise<Outcome[]>,
    lock: (table, pk, ttlMs, id) => of<number>('lock', table, pk, ttlMs, id),
    unlock: async (table, pk, token) => void (await of('unlock', table, pk, token)),
    ids: (table, count) => of<IdBlock>('ids', table, count),
    // Nobody knows what a statement does when it runs twice.
    query: (sql, params, options) => link.call(`${PREFIX}query`, [sql, params, options], link.deadlineMs) as Promise<SqlResult>,
    flush: (table) => (table === undefined ? send('flush') : of('flush', table)) as Promise<FlushReport>,
    evict: async (table, pk) => void (await of('evict', table, pk)),
    epoch: () => send('epoch') as Promise<number>,
    quarantine: () => send('quarantine') as Promise<QuarantinedRow[]>,
    release: (table, pk) => of<FlushReport>('release', table, pk),
    releaseAll: () => send('releaseAll') as Promise<FlushReport>,
    drop: async (table, pk) => void (await of('drop', table, pk)),
  };
}

/** Every table once, those that are only read or held too. */
function tablesOf({ changes, reads, leases = [] }: ChangeGroup): string[] {
  const [first] = changes;
  if (first && changes.length === 1 && reads.length === 0 && leases.length === 0) return [first.table];
  return [...new Set([...changes, ...reads, ...leases].map(({ table }) => table))];
}

/** The port's methods as targets, by the names that `remotePort` calls. @throws TypeError for arguments of a wrong shape; nothing is executed */
export function servePort(port: DataPort): Record<string, (...args: unknown[]) => unknown> {
  return {
    [`${PREFIX}manage`]: (def) => port.manage(definition(def)),
    [`${PREFIX}load`]: (table, pks) => port.load(text(table, 'table'), list(pks, 'pks') as PkValue[]),
    [`${PREFIX}pksByFk`]: (table, fk) => port.pksByFk(text(table, 'table'), fk as PkValue),
    [`${PREFIX}commit`]: (group) => port.commit(groupOf(group)),
    [`${PREFIX}lock`]: (table, pk, ttlMs, id) => port.lock(text(table, 'table'), pk as PkValue, Number(ttlMs), identity(id)),
    [`${PREFIX}unlock`]: (table, pk, token) => port.unlock(text(table, 'table'), pk as PkValue, Number(token)),
    [`${PREFIX}ids`]: (table, count) => port.ids(text(table, 'table'), Number(count)),
    [`${PREFIX}query`]: (sql, params, options) =>
      port.query(text(sql, 'sql'), list(params, 'params') as never, { fresh: record(options ?? {}, 'options').fresh === true }),
    [`${PREFIX}flush`]: (table) => port.flush(table === undefined || table === null ? undefined : text(table, 'table')),
    [`${PREFIX}evict`]: (table, pk) => port.evict(text(table, 'table'), pk as PkValue),
    [`${PREFIX}epoch`]: () => port.epoch(),
    [`${PREFIX}quarantine`]: () => port.quarantine(),
    [`${PREFIX}release`]: (table, pk) => port.release(text(table, 'table'), pk as PkValue),
    [`${PREFIX}releaseAll`]: () => port.releaseAll(),
    [`${PREFIX}drop`]: (table, pk) => port.drop(text(table, 'table'), pk as PkValue),
  };
}

const OPS: readonly unknown[] = ['insert', 'update', 'increment', 'delete'] satisfies Change['op'][];

function groupOf(value: unknown): ChangeGroup {
  const { id, reads, changes, leases } = record(value, 'group');
  for (const change of list(changes, 'changes')) {
    const { op, table, row, fields, field, by } = record(change, 'change');
    if (!OPS.includes(op)) throw new TypeError(`op must be one of ${OPS.join(', ')}`);
    text(table, 'table');
    if (op === 'insert') record(row, 'row');
    if (op === 'update') record(fields, 'fields');
    if (op === 'increment' && typeof by !== 'number' && typeof by !== 'bigint') throw new TypeError('by must be a number');
    if (op === 'increment') text(field, 'field');
  }
  for (const read of list(reads, 'reads')) text(record(read, 'read').table, 'table');
  const group = { id: identity(id), reads: reads as ReadVersion[], changes: changes as Change[] };
  return leases === undefined ? group : { ...group, leases: list(leases, 'leases').map(heldLease) };
}

function heldLease(value: unknown): HeldLease {
  const { table, pk, token } = record(value, 'lease');
  return { table: text(table, 'table'), pk: pk as PkValue, token: Number(token) };
}

function identity(value: unknown): ChangeId {
  const { source, counter, settled } = record(value, 'id');
  if (!Number.isSafeInteger(counter) || !Number.isSafeInteger(settled)) throw new TypeError('counter and settled must be integers');
  return { source: text(source, 'source'), counter: counter as number, settled: settled as number };
}

function definition(value: unknown): TableDef {
  const { table, pk, fk, incrkey, durability } = record(value, 'def');
  return {
    table: text(table, 'table'),
    pk: text(pk, 'pk'),
    ...(fk === undefined || fk === null ? {} : { fk: text(fk, 'fk') }),
    ...(incrkey === undefined || incrkey === null ? {} : { incrkey: text(incrkey, 'incrkey') }),
    ...(durability === 'relaxed' || durability === 'durable' ? { durability } : {}),
  };
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${what} must be a text`);
  return value;
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${what} must be an array`);
  return value;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value)) {
    throw new TypeError(`${what} must be an object`);
  }
  return value as Record<string, unknown>;
}
