/**
 * Spans of OpenTelemetry, where the game's project has `@opentelemetry/api` and something that takes spans.
 *
 * Looked for only when tracing is on. Its types are written here, as far as they are used, so that a project without it compiles.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TraceContext } from '../../log/trace';

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
}

interface OtelSpan {
  spanContext(): SpanContext;
  recordException(error: Error): void;
  setStatus(status: { code: number; message?: string }): void;
  end(): void;
}

type Context = object;

interface Api {
  readonly ROOT_CONTEXT: Context;
  readonly SpanKind: { readonly SERVER: number };
  readonly SpanStatusCode: { readonly ERROR: number };
  readonly trace: {
    getTracer(name: string): { startSpan(name: string, options: object, context: Context): OtelSpan };
    setSpan(context: Context, span: OtelSpan): Context;
    setSpanContext(context: Context, span: SpanContext): Context;
    isSpanContextValid(context: SpanContext): boolean;
  };
  readonly context: { with<T>(context: Context, work: () => T): T };
}

/** A piece of work that was begun. */
export interface Span {
  readonly context: TraceContext;
  /** Runs work in which the game's own spans become children of this one. */
  within<T>(work: () => T): T;
  end(error?: unknown): void;
}

const SAMPLED = 1;

export class OpenTelemetry {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Nothing when nobody takes spans: the project has the package, and has set nothing up. */
  start(name: string, attributes: Readonly<Record<string, string>>, parent: TraceContext | undefined): Span | undefined {
    const { trace, context, ROOT_CONTEXT, SpanKind, SpanStatusCode } = this.#api;
    const remote = parent && { traceId: parent.trace, spanId: parent.span, traceFlags: SAMPLED, isRemote: true };
    const under = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
    const span = trace.getTracer('firefly-ts').startSpan(name, { kind: SpanKind.SERVER, attributes }, under);
    const own = span.spanContext();
    // Without anybody behind it the API hands the parent's own context back, or an empty one.
    if (!trace.isSpanContextValid(own) || own.spanId === parent?.span) return undefined;
    return {
      context: { trace: own.traceId, span: own.spanId },
      within: (work) => context.with(trace.setSpan(under, span), work),
      end: (error) => {
        if (error !== undefined) {
          const failure = error instanceof Error ? error : new Error(String(error));
          span.recordException(failure);
          span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
        }
        span.end();
      },
    };
  }
}

/** @param dir the project's folder: its copy is the one its code uses */
export function findOpenTelemetry(dir: string): OpenTelemetry | undefined {
  for (const from of [join(dir, 'package.json'), __filename]) {
    try {
      return new OpenTelemetry(createRequire(from)('@opentelemetry/api') as Api);
    } catch {
      // Not there; tracing goes on with ids alone.
    }
  }
  return undefined;
}
