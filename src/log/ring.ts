/**
 * The last lines of a log, kept in the process that wrote them, for whoever looks without a shell on its machine.
 *
 * Bounded in lines and in bytes a line. A line is parsed when it is read, not when it is written.
 */
import { formatLine } from './format';

const LINES = 1_000;
const ERRORS = 50;
/** In characters; of a longer line only the beginning is kept, as text. */
const MAX_LINE = 8_192;

export interface LogLine {
  /** Counts up from 1; a gap means that lines were written faster than they were read. */
  readonly seq: number;
  readonly time: string;
  readonly level: string;
  readonly message: string;
  /** The whole line as a person reads it, with fields and stack. */
  readonly text: string;
}

export interface LogError {
  readonly at: string;
  readonly level: string;
  readonly message: string;
  readonly stack?: string;
}

/** Where pino writes to. */
export interface LineSink {
  write(line: string): void;
}

export class LogRing {
  readonly lines: LineSink = { write: (line) => this.#keep(line) };
  readonly errors: LineSink = { write: (line) => this.#keepError(line) };
  /** Why lines do not get into the log's file, where it has one; asked each time. */
  fileTrouble: () => string | undefined = () => undefined;
  readonly #lines: string[] = [];
  readonly #errors: string[] = [];
  #written = 0;
  #failed = 0;

  /** Errors since the start. */
  get errorCount(): number {
    return this.#failed;
  }

  /**
   * The oldest lines behind `after`, or without it the newest ones.
   *
   * @returns `next` is what to ask for then: the number of the last line
   */
  read(after: number | undefined, count: number): { lines: LogLine[]; next: number } {
    const kept = Math.min(this.#written, LINES);
    // A number of before a restart is beyond the last line: the reader begins anew.
    const isKnown = after !== undefined && after <= this.#written;
    const first = Math.max(isKnown ? after : this.#written - count, this.#written - kept);
    const last = Math.min(this.#written, first + count);
    const lines: LogLine[] = [];
    for (let seq = first + 1; seq <= last; seq++) lines.push(parse(seq, this.#lines[(seq - 1) % LINES] ?? ''));
    return { lines, next: last };
  }

  /** The newest last. */
  recentErrors(): LogError[] {
    return this.#errors.map((line) => {
      const { time, level, message, record } = read(line);
      const stack = (record?.error ?? record?.err) as { stack?: unknown } | undefined;
      return { at: time, level, message, ...(typeof stack?.stack === 'string' ? { stack: stack.stack } : {}) };
    });
  }

  #keep(line: string): void {
    this.#lines[this.#written % LINES] = cut(line);
    this.#written++;
  }

  #keepError(line: string): void {
    this.#failed++;
    this.#errors.push(cut(line));
    if (this.#errors.length > ERRORS) this.#errors.shift();
  }
}

function cut(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}...` : line;
}

function parse(seq: number, line: string): LogLine {
  const { time, level, message } = read(line);
  return { seq, time, level, message, text: formatLine(line) };
}

function read(line: string): { time: string; level: string; message: string; record?: Record<string, unknown> } {
  try {
    const record = JSON.parse(line) as Record<string, unknown>;
    return { time: String(record.time), level: String(record.level), message: String(record.msg ?? ''), record };
  } catch {
    // It was cut: its beginning has what matters.
    const field = (name: string) => new RegExp(`"${name}":"([^"]*)"`).exec(line)?.[1] ?? '';
    return { time: field('time'), level: field('level') || 'info', message: line };
  }
}
