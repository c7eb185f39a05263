/**
 * Errors between processes: which classes arrive as themselves, and what the others become. Pure.
 *
 * A class that callers catch is rebuilt from its constructor's arguments; anything else is a `RemoteError` that says where it was thrown.
 */
import {
  Conflict,
  FireflyError,
  JournalDown,
  JournalFull,
  LeaseLost,
  NoSuchRow,
  NoSuchTarget,
  NotManaged,
  PKValueError,
  QueryRefused,
  QueueFull,
  RemoteError,
  RowLocked,
  RowRefused,
  SqlRefused,
  StartFailed,
  StoreDown,
  TooLarge,
  TransactionTooLarge,
} from '../errors';

/** What crosses a link. `detail` holds the constructor's arguments of a class in `REVIVED`. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly maybeExecuted?: boolean;
  readonly detail?: readonly unknown[];
}

interface Revival {
  detail(error: FireflyError): readonly unknown[];
  revive(detail: readonly unknown[]): FireflyError;
}

/** @param detail the constructor's arguments, read off an error */
function revived<const A extends readonly unknown[], E extends FireflyError>(
  Class: { new (...args: A): E; readonly code: string },
  detail: (error: E) => A,
): [code: string, Revival] {
  return [Class.code, { detail: (error) => detail(error as E), revive: (args) => new Class(...(args as unknown as A)) }];
}

/** Classes a caller may want to catch by class although another process threw them. */
const REVIVED: ReadonlyMap<string, Revival> = new Map([
  revived(NoSuchTarget, (e) => [e.service, e.target]),
  revived(QueueFull, (e) => [e.queue, e.bound]),
  revived(TooLarge, (e) => [e.what, e.bytes, e.limit, e.maybeExecuted]),
  revived(TransactionTooLarge, (e) => [e.changes, e.reads, e.limit]),
  revived(RowRefused, (e) => [e.table, e.pk, e.field, e.reason]),
  revived(NoSuchRow, (e) => [e.table, e.pk]),
  revived(Conflict, (e) => [e.table, e.pk]),
  revived(RowLocked, (e) => [e.table, e.pk]),
  revived(LeaseLost, (e) => [e.table, e.pk]),
  revived(NotManaged, (e) => [e.table]),
  revived(QueryRefused, (e) => [e.message]),
  revived(PKValueError, (e) => [e.message]),
  revived(StoreDown, (e) => [e.message, { maybeExecuted: e.maybeExecuted }]),
  revived(SqlRefused, (e) => [e.kind, e.message]),
  revived(JournalFull, (e) => [e.reason, e.bytes, e.bound]),
  revived(JournalDown, (e) => [e.reason, { maybeExecuted: e.maybeExecuted }]),
  revived(StartFailed, (e) => [e.message]),
]);

/** Turns whatever a handler threw into what crosses a link. Throws nothing: who waits for the answer gets one whatever it was. */
export function errorToWire(error: unknown): WireError {
  try {
    return describe(error);
  } catch {
    return { name: 'Error', message: 'what was thrown cannot be read' };
  }
}

/** Fields are checked: games set them to anything, and a getter may throw. */
function describe(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error as { name: unknown; message: unknown; stack?: unknown };
  const wire = { name: textOr(name, 'Error'), message: textOr(message, ''), ...(typeof stack === 'string' ? { stack } : {}) };
  if (!(error instanceof FireflyError)) return wire;
  // On its way through a node in between it stays what it was where it was thrown.
  if (error instanceof RemoteError) return passedOn(error);
  const detail = REVIVED.get(error.code)?.detail(error);
  return { ...wire, code: error.code, maybeExecuted: error.maybeExecuted === true, ...(detail ? { detail } : {}) };
}

function passedOn({ remoteName, message, remoteStack, remoteCode, maybeExecuted }: RemoteError): WireError {
  return {
    name: remoteName,
    message,
    maybeExecuted,
    ...(remoteStack === undefined ? {} : { stack: remoteStack }),
    ...(remoteCode === undefined ? {} : { code: remoteCode }),
  };
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' ? value : other;
}

/** Rebuilds what another process threw: its class when callers catch it by class, else a `RemoteError`. */
export function errorFromWire(peer: string, wire: WireError): FireflyError {
  const known = wire.code === undefined ? undefined : REVIVED.get(wire.code);
  if (known && wire.detail) return known.revive(wire.detail);
  return new RemoteError(peer, wire.name, wire.message, wire.stack, wire.code, wire.maybeExecuted ?? true);
}
