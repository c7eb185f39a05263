/**
 * Every error that firefly-ts throws: one class an error, codes stable, listed in docs/errors.md.
 *
 * An error that another process threw arrives as the class it was when that class is in `REVIVED`, else as `RemoteError`.
 */

/** The base of all. `retryable`: the same call may succeed later. `maybeExecuted`: the work may have been done although it failed. */
export class FireflyError extends Error {
  static readonly code: string = 'FF_ERROR';
  readonly retryable: boolean = false;
  readonly maybeExecuted: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }

  get code(): string {
    return (this.constructor as typeof FireflyError).code;
  }
}

/** The configuration cannot be used. `problems` has one line for each mistake: file, line, key and the fix. */
export class ConfigError extends FireflyError {
  static override readonly code = 'FF_CONFIG';
  constructor(
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(problems.join('\n'), options);
  }
}

/** A node, a module or a store could not be started. */
export class StartFailed extends FireflyError {
  static override readonly code = 'FF_START';
}

/** A name or a number is registered twice on one service. */
export class DuplicateTarget extends FireflyError {
  static override readonly code = 'FF_DUPLICATE_TARGET';
  constructor(service: string, key: string | number, first: string, second: string) {
    super(`service ${service}: ${key} is registered twice, at ${first} and at ${second}; remove one of them`);
  }
}

/** Nobody answers to that name or number there. The call was not executed. */
export class NoSuchTarget extends FireflyError {
  static override readonly code = 'FF_NO_SUCH_TARGET';
  constructor(
    readonly service: string,
    readonly target: string | number,
  ) {
    super(`${service} has no target ${target}`);
  }
}

/** The peer is gone, or went while the call was on its way. */
export class PeerDown extends FireflyError {
  static override readonly code = 'FF_PEER_DOWN';
  override readonly retryable = true;
  constructor(
    readonly peer: string,
    override readonly maybeExecuted: boolean,
    options?: ErrorOptions,
  ) {
    super(`${peer} is down${maybeExecuted ? ' and may have run the call' : ''}`, options);
  }
}

/** No answer in time. The call may have been executed. */
export class Deadline extends FireflyError {
  static override readonly code = 'FF_DEADLINE';
  override readonly maybeExecuted = true;
  constructor(
    what: string,
    readonly ms: number,
  ) {
    super(`${what}: no answer within ${Math.round(ms)} ms`);
  }
}

/** A queue is at its bound; the call was not sent. */
export class QueueFull extends FireflyError {
  static override readonly code = 'FF_QUEUE_FULL';
  override readonly retryable = true;
  constructor(
    readonly queue: string,
    readonly bound: number,
  ) {
    super(`${queue} is full (${bound}); slow down or raise its limit`);
  }
}

/** The other side's handler threw. `remoteName`, `remoteCode` and `remoteStack` are what it threw. */
export class RemoteError extends FireflyError {
  static override readonly code = 'FF_REMOTE';
  constructor(
    readonly peer: string,
    readonly remoteName: string,
    message: string,
    readonly remoteStack: string | undefined,
    readonly remoteCode: string | undefined,
    override readonly maybeExecuted = true,
  ) {
    super(message);
  }
}

/** The peer could not prove that it knows the cluster's secret, or asked for what it may not have. */
export class Unauthorized extends FireflyError {
  static override readonly code = 'FF_UNAUTHORIZED';
}

/** A newer process has this node's name; this one must stop. */
export class Replaced extends FireflyError {
  static override readonly code = 'FF_REPLACED';
}

/** Bytes that are no frame; the connection they came from is closed. */
export class BadFrame extends FireflyError {
  static override readonly code = 'FF_BAD_FRAME';
}

/** A value is larger than a frame may be. It was not sent and the link lives; a result (`maybeExecuted`) was produced all the same. */
export class TooLarge extends FireflyError {
  static override readonly code = 'FF_TOO_LARGE';
  constructor(
    readonly what: string,
    readonly bytes: number,
    readonly limit: number,
    override readonly maybeExecuted = false,
  ) {
    super(`${what} takes ${bytes} bytes and the limit is ${limit}; send less or raise the limit`);
  }
}

/** A reload changed nothing. `failures` names node, file, line and reason for each. */
export class ReloadFailed extends FireflyError {
  static override readonly code = 'FF_RELOAD';
}

/** What an operator asked of the cluster cannot be done, or not now: another operation is under way. Nothing was changed. */
export class OperationRefused extends FireflyError {
  static override readonly code = 'FF_OPERATION';
}

/** A lease is not to be had now: another node holds it, or, with `heldBy` null, dbfront cannot say yet who does. */
export class LeaseHeld extends FireflyError {
  static override readonly code = 'FF_LEASE_HELD';
  override readonly retryable = true;
  constructor(
    readonly lease: string,
    readonly heldBy: string | null,
  ) {
    super(heldBy === null ? `dbfront cannot say yet who holds lease ${lease}` : `lease ${lease} is held by ${heldBy}`);
  }
}

/** A transaction changes or reads more rows than one may: it would hold up everybody else's. It was not sent. */
export class TransactionTooLarge extends FireflyError {
  static override readonly code = 'FF_TRANSACTION_TOO_LARGE';
  constructor(
    readonly changes: number,
    readonly reads: number,
    readonly limit: number,
  ) {
    super(
      `a transaction with ${changes} changes that read ${reads} rows; the limit is ${limit} of each (limits.transactionRows): make several of it, or raise the limit`,
    );
  }
}

/** The writer refuses a change; nothing was changed. */
export class RowRefused extends FireflyError {
  static override readonly code = 'FF_ROW_REFUSED';
  constructor(
    readonly table: string,
    readonly pk: string | number | bigint | null,
    readonly field: string | null,
    readonly reason: string,
  ) {
    super(`${table} ${pk ?? '(new)'}${field ? `.${field}` : ''}: ${reason}`);
  }
}

/** A row that should be there is not. */
export class NoSuchRow extends FireflyError {
  static override readonly code = 'FF_NO_SUCH_ROW';
  constructor(
    readonly table: string,
    readonly pk: string | number | bigint,
  ) {
    super(`${table} has no row ${pk}`);
  }
}

/** A row has changed since the caller read it; nothing was changed. Read it again and decide anew, as `transaction` does. */
export class Conflict extends FireflyError {
  static override readonly code = 'FF_CONFLICT';
  override readonly retryable = true;
  constructor(
    readonly table: string,
    readonly pk: string | number | bigint,
  ) {
    super(`${table} ${pk} has changed since it was read; read it again`);
  }
}

/** Another holds the lease of the row; nothing was changed. */
export class RowLocked extends FireflyError {
  static override readonly code = 'FF_ROW_LOCKED';
  override readonly retryable = true;
  constructor(
    readonly table: string,
    readonly pk: string | number | bigint,
  ) {
    super(`${table} ${pk} is locked by another; try again when it is released or its lease has run out`);
  }
}

/** The caller's lease of the row ran out, or another has it; nothing was changed. */
export class LeaseLost extends FireflyError {
  static override readonly code = 'FF_LEASE_LOST';
  constructor(
    readonly table: string,
    readonly pk: string | number | bigint,
  ) {
    super(`${table} ${pk}: the lease is over; lock the row again, and read it again`);
  }
}

/** The writer does not know the table; a node registers it with `new MAdmin(...).insert()`. The call was not executed. */
export class NotManaged extends FireflyError {
  static override readonly code = 'FF_NOT_MANAGED';
  constructor(readonly table: string) {
    super(`table ${table} is not managed; register it first: new MAdmin('${table}', ...).insert()`);
  }
}

/** A statement of `db.query` that may not run, such as one that writes a managed table. It was not executed. */
export class QueryRefused extends FireflyError {
  static override readonly code = 'FF_QUERY_REFUSED';
}

/** A primary key is missing or of a type that cannot be one (Firefly's name). */
export class PKValueError extends FireflyError {
  static override readonly code = 'FF_PK_VALUE';
}

/** What a store's failure knows beside its cause; `maybeExecuted` is false when left out. */
export interface StoreErrorOptions extends ErrorOptions {
  readonly maybeExecuted?: boolean;
}

/** The database cannot be reached, or did not answer in time. */
export class StoreDown extends FireflyError {
  static override readonly code = 'FF_STORE_DOWN';
  override readonly retryable = true;
  override readonly maybeExecuted: boolean;
  constructor(message: string, options: StoreErrorOptions = {}) {
    super(message, options);
    this.maybeExecuted = options.maybeExecuted ?? false;
  }
}

/**
 * The database says no to a statement, which changed nothing.
 *
 * `kind`: `unique` a key is taken, `value` a value does not fit its column, `constraint` a foreign key or a check, `conflict` a deadlock or a lock held too long (worth another try), `other` the rest.
 */
export class SqlRefused extends FireflyError {
  static override readonly code = 'FF_SQL';
  override readonly retryable: boolean;
  constructor(
    readonly kind: 'unique' | 'value' | 'constraint' | 'conflict' | 'other',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.retryable = kind === 'conflict';
  }
}

/** memcached cannot be reached, or did not answer in time (Firefly's name). */
export class MemConnError extends FireflyError {
  static override readonly code = 'FF_MEM_DOWN';
  override readonly retryable = true;
  override readonly maybeExecuted: boolean;
  constructor(message: string, options: StoreErrorOptions = {}) {
    super(message, options);
    this.maybeExecuted = options.maybeExecuted ?? false;
  }
}

/** The journal takes no more: the database has not followed for too long, or the disk is full. The change was not made; writing goes on by itself when there is room. */
export class JournalFull extends FireflyError {
  static override readonly code = 'FF_JOURNAL_FULL';
  override readonly retryable = true;
  constructor(
    readonly reason: string,
    readonly bytes: number,
    readonly bound: number,
  ) {
    super(`${reason} (${bytes} bytes are in the journal and not in the database, the bound is ${bound})`);
  }
}

/** The journal is closed for good in this process: a sync failed, another writer took over, or it was stopped. What it had not acknowledged may be made all the same. */
export class JournalDown extends FireflyError {
  static override readonly code = 'FF_JOURNAL_DOWN';
  override readonly maybeExecuted: boolean;
  constructor(
    readonly reason: string,
    options: StoreErrorOptions = {},
  ) {
    super(reason, options);
    this.maybeExecuted = options.maybeExecuted ?? false;
  }
}

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
