/**
 * Which traced request the code that runs now belongs to: followed through promises and timers, so that its log lines can say so.
 *
 * Costs nothing while no request of this process is traced; once one is, every promise of the process costs a little more.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface TraceContext {
  /** Of the request, the same in all nodes: 32 hexadecimal digits. */
  readonly trace: string;
  /** Of the piece of work in this node: 16 hexadecimal digits. */
  readonly span: string;
}

/** Follows a request that a peer says is traced. */
export interface Tracing {
  served(name: string, parent: TraceContext, work: () => unknown): unknown;
}

/** Begins to follow a share of what clients ask. */
export interface RequestTracing {
  request(command: number, work: () => unknown): unknown;
}

/** A key to what the runtime keeps for each line of work; nothing is kept here. */
const storage = new AsyncLocalStorage<TraceContext | undefined>();

export function currentTrace(): TraceContext | undefined {
  return storage.getStore();
}

export function runInTrace<T>(context: TraceContext, work: () => T): T {
  return storage.run(context, work);
}

/** Goes on with what was kept for another: in its trace, or in none, and not in that of whoever goes on. */
export function resumeTrace<T>(context: TraceContext | undefined, work: () => T): T {
  return context === storage.getStore() ? work() : storage.run(context, work);
}

/** For work that waits in a queue: it runs in the trace it was queued in, not in that of whoever takes it out. */
export function keepTrace<T>(work: () => T): () => T {
  const context = storage.getStore();
  return context ? () => storage.run(context, work) : work;
}
