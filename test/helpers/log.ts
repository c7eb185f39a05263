/** A logger that keeps its lines, for tests that look at what was logged. */
import pino from 'pino';
import type { Logger } from '../../src/log/log';

export interface KeptLog {
  readonly log: Logger;
  /** Each line parsed. */
  readonly lines: Record<string, unknown>[];
}

export function keptLog(): KeptLog {
  const lines: Record<string, unknown>[] = [];
  const options = {
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.errWithCause },
  };
  return { lines, log: pino(options, { write: (line: string) => lines.push(JSON.parse(line)) }) };
}
