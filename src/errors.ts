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
