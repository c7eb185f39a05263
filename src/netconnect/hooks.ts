/** Tells the game of connections that are made and lost: what its hooks throw is logged, each loss is told once, and the end of a telling can be waited for. */
import type { Logger } from '../log/log';
import type { CallBatches } from '../metrics/callbatches';
import type { Connection } from './connection';
import { within } from './deadline';

export type ConnectionHook = (connection: Connection) => void | Promise<void>;

export class Hooks {
  readonly #log: Logger;
  readonly #calls: CallBatches;
  readonly #told = new WeakSet<Connection>();
  readonly #telling = new Set<Promise<void>>();

  constructor(log: Logger, calls: CallBatches) {
    this.#log = log;
    this.#calls = calls;
  }

  /** Losses whose hook has not ended. */
  get telling(): number {
    return this.#telling.size;
  }

  made(connection: Connection, hook: ConnectionHook): void {
    this.#run('doConnectionMade', connection, hook);
  }

  lost(connection: Connection, ...hooks: readonly ConnectionHook[]): void {
    if (this.#told.has(connection)) return;
    this.#told.add(connection);
    for (const hook of hooks) {
      const telling = this.#run('doConnectionLost', connection, hook);
      if (!telling) continue;
      this.#telling.add(telling);
      void telling.finally(() => this.#telling.delete(telling));
    }
  }

  /** Waits until every loss is told. @returns false when some still are at the deadline */
  async allTold(deadlineMs: number): Promise<boolean> {
    return this.#telling.size === 0 || within(Promise.all(this.#telling), deadlineMs);
  }

  /** @returns a promise that never rejects, when the hook is not done yet */
  #run(name: string, connection: Connection, hook: ConnectionHook): Promise<void> | undefined {
    const failed = (error: unknown) => this.#log.error({ connection: connection.id, error }, `${name} of client ${connection.id} failed`);
    try {
      const result = hook(connection);
      if (!(result instanceof Object)) return undefined;
      const batch = this.#calls.begin();
      return Promise.resolve(result)
        .then(undefined, failed)
        .finally(() => batch.end());
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}
