/**
 * Follows a share of the clients' requests through the nodes, for `trace.sample` of the config.
 *
 * A traced request has an id that is on every log line written for it, in each node; where OpenTelemetry is set up, each node's piece is a span.
 */
import { randomBytes } from 'node:crypto';
import { isDebug } from '../../log/level';
import type { Logger } from '../../log/log';
import { type RequestTracing, runInTrace, type TraceContext, type Tracing } from '../../log/trace';
import { isThenable } from '../../thenable';
import { findOpenTelemetry, type OpenTelemetry } from './opentelemetry';

export interface TracerOptions {
  readonly node: string;
  /** 0 to 1. */
  readonly sample: number;
  /** The project's folder. */
  readonly dir: string;
  readonly log: Logger;
}

export class Tracer implements Tracing, RequestTracing {
  readonly #node: string;
  readonly #sample: number;
  readonly #log: Logger;
  readonly #spans: OpenTelemetry | undefined;

  constructor({ node, sample, dir, log }: TracerOptions) {
    this.#node = node;
    this.#sample = sample;
    this.#log = log;
    this.#spans = findOpenTelemetry(dir);
  }

  /** Runs what a client asks for, traced or not. */
  request(command: number, work: () => unknown): unknown {
    return Math.random() < this.#sample ? this.#run(`command ${command}`, undefined, work) : work();
  }

  /** Runs what a peer asks for within a traced request. */
  served(name: string, parent: TraceContext, work: () => unknown): unknown {
    return this.#run(name, parent, work);
  }

  #run(name: string, parent: TraceContext | undefined, work: () => unknown): unknown {
    const span = this.#spans?.start(name, { 'firefly.node': this.#node }, parent);
    const context = span?.context ?? { trace: parent?.trace ?? randomBytes(16).toString('hex'), span: randomBytes(8).toString('hex') };
    const since = performance.now();
    const end = (error?: unknown) => {
      span?.end(error);
      if (!isDebug(this.#log)) return;
      const ms = Math.round((performance.now() - since) * 1_000) / 1_000;
      const fields = { event: 'span', target: name, ms, span: context.span, ...(parent ? { parent: parent.span } : {}) };
      this.#log.debug(fields, `${name} ${error === undefined ? 'took' : 'failed after'} ${ms} ms`);
    };
    return runInTrace(context, () => {
      try {
        const result = span ? span.within(work) : work();
        if (!isThenable(result)) end();
        else Promise.resolve(result).then(() => end(), end);
        return result;
      } catch (error) {
        end(error);
        throw error;
      }
    });
  }
}
