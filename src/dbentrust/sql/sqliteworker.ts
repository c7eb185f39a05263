/**
 * The thread that holds the SQLite connection: runs one statement a message, in the order of arrival, and answers each.
 *
 * Ends itself when told to: terminating it from outside while SQLite works aborts the whole process.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteConnection } from './sqlitedriver';
import type { SqlResult, SqlValue } from './store';

/** How long a statement that meets the write of another process waits inside SQLite; after it the caller decides. */
const BUSY_MS = 10;

export interface Ask {
  readonly id: number;
  /** `reset` rolls an open transaction back, `close` ends the thread. */
  readonly sql: string | 'reset' | 'close';
  readonly params: readonly SqlValue[];
}

export interface Answer {
  readonly id: number;
  readonly result?: SqlResult;
  /** An Error loses its code on the way between threads. */
  readonly error?: { readonly message: string; readonly code: number | undefined };
  readonly inTransaction: boolean;
}

const port = parentPort;
if (!port) throw new Error('sqliteworker runs in a thread');
const connection = open();
let isOpen = true;

port.on('message', ({ id, sql, params }: Ask) => {
  if (sql === 'close') {
    answer(id, close);
    port.close();
  } else if (sql === 'reset') {
    answer(id, () => (connection.inTransaction ? connection.run('ROLLBACK', []) : undefined));
  } else {
    answer(id, () => connection.run(sql, params));
  }
});

function open(): SqliteConnection {
  try {
    const opened = new SqliteConnection(workerData as string, BUSY_MS);
    port?.postMessage({ id: 0, inTransaction: false } satisfies Answer);
    return opened;
  } catch (error) {
    port?.postMessage({ id: 0, error: plain(error), inTransaction: false } satisfies Answer);
    process.exit();
  }
}

function close(): undefined {
  isOpen = false;
  connection.close();
}

function answer(id: number, work: () => SqlResult | undefined): void {
  let told: Pick<Answer, 'result' | 'error'>;
  try {
    const result = work();
    told = result ? { result } : {};
  } catch (error) {
    told = { error: plain(error) };
  }
  port?.postMessage({ id, ...told, inTransaction: isOpen && connection.inTransaction } satisfies Answer);
}

function plain(error: unknown): NonNullable<Answer['error']> {
  const { message, errcode } = error as Error & { errcode?: number };
  return { message, code: errcode };
}
