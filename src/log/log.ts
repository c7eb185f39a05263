/**
 * The log of one process: JSON lines on standard output and, when the config names one, in a file.
 *
 * Each line carries the node's name and the version of the code it runs. Nothing here ever logs a payload or a secret.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino from 'pino';

export type Logger = pino.Logger;

export interface LogOptions {
  readonly node: string;
  /** Least level that is written; `info` when left out. */
  readonly level?: string;
  /** Absolute path of a file that gets the same lines; its folder is made. */
  readonly file?: string;
  /** The version of the code that runs now; asked for each line. */
  readonly codeVersion?: () => string | undefined;
}

/** Opens the log. Lines are written in the turn they are logged, so that the last words of a dying process are kept. */
export function openLog(options: LogOptions): Logger {
  const level = (options.level ?? 'info') as pino.Level;
  const streams: pino.StreamEntry[] = [{ level, stream: ownOutput() }];
  if (options.file) {
    mkdirSync(dirname(options.file), { recursive: true });
    streams.push({ level, stream: pino.destination({ dest: options.file, sync: true, append: true }) });
  }
  const codeVersion = options.codeVersion;
  return pino(
    {
      level,
      base: { node: options.node, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
      ...(codeVersion ? { mixin: () => ({ code: codeVersion() }) } : {}),
    },
    pino.multistream(streams),
  );
}

/** Standard output. A reader that went away (the master was killed) must not end the node. */
function ownOutput(): pino.DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  output.on('error', () => output.destroy());
  return output;
}
