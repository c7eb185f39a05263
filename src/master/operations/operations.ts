/**
 * What an operator asked of the cluster that takes its time: one thing at once, with its progress for whoever looks.
 *
 * The newest is kept when it has ended, with its reason when it failed.
 */
import { OperationRefused } from '../../errors';
import type { Logger } from '../../log/log';
import { messageOf } from '../../thrown';

export type OperationKind = 'drain' | 'restart' | 'start';

/** As `GET /operation` shows it. */
export interface Operation {
  readonly id: number;
  readonly kind: OperationKind;
  /** In the order of their turns. */
  readonly nodes: readonly string[];
  readonly state: 'running' | 'done' | 'failed';
  /** When it began, ISO 8601. */
  readonly at: string;
  /** How long it has taken so far, or took. */
  readonly ms: number;
  /** What is done right now, for a person. */
  readonly step: string;
  /** Nodes that are done. */
  readonly done: number;
  readonly total: number;
  /** What has happened, oldest first; the last 200. */
  readonly lines: readonly string[];
  readonly error?: string;
}

/** What an operation tells while it runs. */
export interface Progress {
  /** Aborted when the master stops. */
  readonly signal: AbortSignal;
  /** Says what is done now; a line too. */
  step(text: string): void;
  /** Says what happened. */
  line(text: string): void;
  /** One more node is done. */
  nodeDone(): void;
}

const LINES = 200;

interface Running {
  operation: { -readonly [K in keyof Operation]: Operation[K] } & { lines: string[] };
  readonly began: number;
  readonly abort: AbortController;
  ended: Promise<void>;
}

export class Operations {
  readonly #log: Logger;
  #newest: Running | undefined;
  #lastId = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The newest, under way or ended; null when there was none. */
  get newest(): Operation | null {
    return this.#newest ? shown(this.#newest) : null;
  }

  get isUnderWay(): boolean {
    return this.#newest?.operation.state === 'running';
  }

  /**
   * Begins one. It goes on by itself; `newest` tells how far it is.
   *
   * @param work rejects with what the operator is to read
   * @throws OperationRefused when another is under way
   */
  begin(kind: OperationKind, nodes: readonly string[], work: (progress: Progress) => Promise<void>): Operation {
    const before = this.#newest?.operation;
    if (before?.state === 'running')
      throw new OperationRefused(
        `a ${before.kind} of ${before.nodes.join(', ')} is under way (${before.step}); try again when it has ended`,
      );
    const operation: Running['operation'] = {
      id: ++this.#lastId,
      kind,
      nodes,
      state: 'running',
      at: new Date().toISOString(),
      ms: 0,
      step: 'begins',
      done: 0,
      total: nodes.length,
      lines: [],
    };
    const running: Running = { operation, began: performance.now(), abort: new AbortController(), ended: Promise.resolve() };
    this.#newest = running;
    this.#log.info({ operation: operation.id, kind, nodes }, `${kind} of ${nodes.join(', ')} begins`);
    running.ended = this.#run(running, work);
    return shown(running);
  }

  /** Calls off what is under way. Settles when it has ended. */
  async abort(reason: string): Promise<void> {
    this.#newest?.abort.abort(new Error(reason));
    await this.#newest?.ended;
  }

  async #run(running: Running, work: (progress: Progress) => Promise<void>): Promise<void> {
    const { operation, abort, began } = running;
    const line = (text: string) => {
      operation.lines.push(`${((performance.now() - began) / 1000).toFixed(2)} s: ${text}`);
      if (operation.lines.length > LINES) operation.lines.shift();
      this.#log.info({ operation: operation.id }, text);
    };
    const step = (text: string) => {
      operation.step = text;
      line(text);
    };
    try {
      await work({
        signal: abort.signal,
        step,
        line,
        nodeDone: () => {
          operation.done += 1;
        },
      });
      operation.state = 'done';
      operation.step = 'done';
    } catch (error) {
      operation.error = messageOf(error);
      operation.state = 'failed';
      operation.step = `failed: ${operation.error}`;
    }
    operation.ms = performance.now() - began;
    const seconds = (operation.ms / 1000).toFixed(1);
    const outcome = `${operation.kind} of ${operation.nodes.join(', ')}: ${operation.step} after ${seconds} s`;
    this.#log[operation.state === 'done' ? 'info' : 'error']({ operation: operation.id }, outcome);
  }
}

function shown({ operation, began }: Running): Operation {
  const ms = Math.round(operation.state === 'running' ? performance.now() - began : operation.ms);
  return { ...operation, ms, nodes: [...operation.nodes], lines: [...operation.lines] };
}
