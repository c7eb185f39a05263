/**
 * The other end of the SQLite thread: statements go over, answers come back, each with a deadline.
 *
 * A thread that dies without being told to fails what it was asked, and the next statement starts another.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreDown } from '../../errors';
import type { Answer, Ask } from './sqliteworker';
import type { SqlResult, SqlValue } from './store';

interface Waiting {
  readonly resolve: (result: SqlResult | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** What SQLite said, with its result code. */
export class SqliteFailure extends Error {
  constructor(
    message: string,
    readonly errcode: number | undefined,
  ) {
    super(message);
    this.name = 'SqliteFailure';
  }
}

/** Id of the message that tells whether the file could be opened. */
const OPENED = 0;

/** How long a thread may take to start; a busy machine takes its time, whatever the deadline of a statement is. */
const OPEN_MS = 15_000;

export class SqliteThread {
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = OPENED;
  /** What the thread was asked and has not answered; nobody may be waiting for it any more. */
  #unanswered = 0;
  #inTransaction = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether the last answer left a transaction open. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** Starts the thread and opens the file. @throws SqliteFailure, or StoreDown when it does not start in time */
  async open(): Promise<void> {
    const worker = new Worker(join(__dirname, 'sqliteworker.js'), { workerData: this.#path });
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.on('error', (error) => this.#ended(worker, error));
    worker.on('exit', () => this.#ended(worker));
    try {
      await this.#wait(OPENED, OPEN_MS);
    } catch (error) {
      // It ends itself when it gets to it, and keeps nobody waiting until then.
      this.#worker = undefined;
      worker.postMessage({ id: OPENED, sql: 'close', params: [] } satisfies Ask);
      worker.unref();
      throw error;
    }
  }

  /**
   * Runs one statement whose parameters were checked.
   *
   * @throws SqliteFailure; StoreDown after `ms`, with `maybeExecuted`: the statement goes on, and those behind it wait for its end
   */
  async run(sql: string, params: readonly SqlValue[], ms: number): Promise<SqlResult> {
    if (!this.#worker) await this.open();
    const result = await this.#ask(sql, params.map(movable), ms);
    return result ?? { rows: [], affectedRows: 0, insertId: 0 };
  }

  /** Rolls back what was left open. Settles when the connection can be used by another. */
  async reset(ms: number): Promise<void> {
    // A BEGIN that came too late for its caller leaves a transaction open all the same.
    if (this.#worker && (this.#inTransaction || this.#unanswered > 0)) await this.#ask('reset', [], ms);
  }

  /** Settles when the file is closed and the thread has ended itself. */
  async close(ms: number): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    await this.#ask('close', [], ms);
    await gone;
  }

  #ask(sql: string, params: readonly SqlValue[], ms: number): Promise<SqlResult | undefined> {
    const id = ++this.#lastId;
    this.#unanswered += 1;
    this.#worker?.postMessage({ id, sql, params } satisfies Ask);
    return this.#wait(id, ms);
  }

  #wait(id: number, ms: number): Promise<SqlResult | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new StoreDown(`SQLite ${this.#path}: no answer within ${ms} ms`, { maybeExecuted: true }));
      }, ms);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  #answered({ id, result, error, inTransaction }: Answer): void {
    this.#inTransaction = inTransaction;
    if (id !== OPENED) this.#unanswered -= 1;
    const waiting = this.#waiting.get(id);
    if (!waiting) return; // too late: its deadline has passed
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (error) waiting.reject(new SqliteFailure(error.message, error.code));
    else waiting.resolve(result && withBuffers(result));
  }

  #ended(worker: Worker, cause?: Error): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#inTransaction = false;
    this.#unanswered = 0;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new StoreDown(`SQLite ${this.#path}: its thread ended`, { cause, maybeExecuted: true }));
    }
    this.#waiting.clear();
  }
}

/** Between threads a view takes the whole of its memory along: a small Buffer would bring its pool. */
function movable(value: SqlValue): SqlValue {
  return Buffer.isBuffer(value) && value.byteLength < value.buffer.byteLength ? (new Uint8Array(value) as Buffer) : value;
}

/** A Buffer arrives from another thread as a plain Uint8Array. */
function withBuffers(result: SqlResult): SqlResult {
  for (const row of result.rows) {
    for (const name in row) {
      const value: unknown = row[name];
      if (value instanceof Uint8Array) row[name] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  }
  return result;
}
