/**
 * The writer's port across a link: `servePort` in dbfront, `remotePort` in every other node.
 *
 * Rows travel as they are; integers beyond 2^53 as bigints and BLOBs as Buffers, which msgpack carries. No change is ever sent twice.
 */
import { NotManaged } from '../errors';
import type { DataPort, FlushReport, IdBlock, PkValue, Row, SqlResult, TableDef, TableShape } from './port';

const PREFIX = 'firefly.db.';

/** Sends one call to dbfront; rejects with the classes of src/errors.ts. */
export type PortCall = (target: string, args: unknown[]) => Promise<unknown>;

/** A port that is somewhere else. */
export function remotePort(call: PortCall): DataPort {
  const defs = new Map<string, TableDef>();
  const send = (verb: string, ...args: unknown[]) => call(PREFIX + verb, args);
  /** A dbfront that was restarted knows no tables: what this node registered is registered again. `NotManaged` means that nothing was executed. */
  const ask = async (verb: string, table: string, ...args: unknown[]): Promise<unknown> => {
    try {
      return await send(verb, table, ...args);
    } catch (error) {
      const def = defs.get(table);
      if (!(error instanceof NotManaged) || !def) throw error;
      await send('manage', def);
      return send(verb, table, ...args);
    }
  };
  return {
    async manage(def) {
      const shape = (await send('manage', def)) as TableShape;
      const { table, pk, fk, incrkey } = shape;
      defs.set(def.table, { table, pk, ...(fk === undefined ? {} : { fk }), ...(incrkey === undefined ? {} : { incrkey }) });
      return shape;
    },
    load: (table, pks) => ask('load', table, pks) as Promise<(Row | null)[]>,
    pksByFk: (table, fk) => ask('pksByFk', table, fk) as Promise<PkValue[]>,
    insert: (table, row) => ask('insert', table, row) as Promise<Row>,
    update: async (table, pk, fields) => void (await ask('update', table, pk, fields)),
    delete: async (table, pk) => void (await ask('delete', table, pk)),
    ids: (table, count) => ask('ids', table, count) as Promise<IdBlock>,
    query: (sql, params, options) => send('query', sql, params, options) as Promise<SqlResult>,
    flush: (table) => (table === undefined ? send('flush') : ask('flush', table)) as Promise<FlushReport>,
    evict: async (table, pk) => void (await ask('evict', table, pk)),
  };
}

/** The port's methods as targets, by the names that `remotePort` calls. @throws TypeError for arguments of a wrong shape; nothing is executed */
export function servePort(port: DataPort): Record<string, (...args: unknown[]) => unknown> {
  return {
    [`${PREFIX}manage`]: (def) => port.manage(definition(def)),
    [`${PREFIX}load`]: (table, pks) => port.load(text(table, 'table'), list(pks, 'pks') as PkValue[]),
    [`${PREFIX}pksByFk`]: (table, fk) => port.pksByFk(text(table, 'table'), fk as PkValue),
    [`${PREFIX}insert`]: (table, row) => port.insert(text(table, 'table'), record(row, 'row') as Row),
    [`${PREFIX}update`]: (table, pk, fields) => port.update(text(table, 'table'), pk as PkValue, record(fields, 'fields') as Row),
    [`${PREFIX}delete`]: (table, pk) => port.delete(text(table, 'table'), pk as PkValue),
    [`${PREFIX}ids`]: (table, count) => port.ids(text(table, 'table'), Number(count)),
    [`${PREFIX}query`]: (sql, params, options) =>
      port.query(text(sql, 'sql'), list(params, 'params') as never, { fresh: record(options ?? {}, 'options').fresh === true }),
    [`${PREFIX}flush`]: (table) => port.flush(table === undefined || table === null ? undefined : text(table, 'table')),
    [`${PREFIX}evict`]: (table, pk) => port.evict(text(table, 'table'), pk as PkValue),
  };
}

function definition(value: unknown): TableDef {
  const { table, pk, fk, incrkey } = record(value, 'def');
  return {
    table: text(table, 'table'),
    pk: text(pk, 'pk'),
    ...(fk === undefined || fk === null ? {} : { fk: text(fk, 'fk') }),
    ...(incrkey === undefined || incrkey === null ? {} : { incrkey: text(incrkey, 'incrkey') }),
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
