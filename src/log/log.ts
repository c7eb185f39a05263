/**
 * The log of one process: lines on standard output and, when the config names one, in a file.
 *
 * Each line carries the node's name and the version of the code it runs. Nothing here ever logs a payload or a secret. A log that
 * cannot be written loses lines, never the process.
 */
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import pino from 'pino';
import { makeOwnFile, makeOwnFolder } from '../config/ownfiles';
import { formatLine } from './format';
import { HIDDEN, hideSecrets, SECRET_KEYS } from './redact';
import type { LogRing } from './ring';
import { currentTrace } from './trace';

export type Logger = pino.Logger;

export type LogFormat = 'json' | 'text';

export interface LogOptions {
  readonly node: string;
  /** Least level that is written; `info` when left out. */
  readonly level?: string;
  /** Absolute path of a file that gets the same lines, always as JSON; its folder is made. */
  readonly file?: string;
  /**
   * How standard output looks. Left out: `FIREFLY_LOG` (json or text) decides, else text on a terminal and JSON elsewhere. The
   * master sets json for its children, whatever their environment says, because it reads their lines.
   */
  readonly format?: LogFormat;
  /** Keeps the last lines, for operators. */
  readonly ring?: LogRing;
  /** The version of the code that runs now; asked for each line. */
  readonly codeVersion?: () => string | undefined;
}

/** Lines kept while they cannot be written (the disk is full, the reader stands still); more are lost. */
const UNWRITTEN_BYTES = 4 * 1024 * 1024;

/** Opens the log. Lines are written in the turn they are logged, so that the last words of a dying process are kept. */
export function openLog(options: LogOptions): Logger {
  const console = ownOutput(options.format ?? defaultFormat(), options.node);
  // The logger's own level decides, so that changing it at run time changes every stream.
  const streams: pino.StreamEntry[] = [{ level: 'trace', stream: console }];
  if (options.file) streams.push({ level: 'trace', stream: logFile(options.file, options.node, console) });
  if (options.ring) streams.push({ level: 'trace', stream: options.ring.lines }, { level: 'error', stream: options.ring.errors });
  const codeVersion = options.codeVersion;
  return pino(
    {
      level: options.level ?? 'info',
      base: { node: options.node, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: hideSecrets },
      // The fields of child loggers pass by the formatters.
      redact: { paths: SECRET_KEYS, censor: HIDDEN },
      serializers: { error: serializeError, err: serializeError },
      ...(codeVersion ? { mixin: () => ({ code: codeVersion(), trace: currentTrace()?.trace }) } : {}),
    },
    pino.multistream(streams),
  );
}

/** With its causes, each with its stack. What drivers hang on their errors (a config, a header) may hold a secret. */
function serializeError(error: unknown): unknown {
  return error instanceof Error ? hideSecrets(pino.stdSerializers.errWithCause(error)) : error;
}

function defaultFormat(): LogFormat {
  const wanted = process.env.FIREFLY_LOG;
  if (wanted === 'json' || wanted === 'text') return wanted;
  return isatty(1) ? 'text' : 'json';
}

/**
 * Standard output, in the form wanted.
 *
 * A line leaves in the turn it is written when the reader keeps up. A reader that stands still (a master that is stopped, a terminal
 * held with Ctrl-S) costs lines, counted when it goes on; one that went away costs all of them. Neither blocks or ends the node.
 */
function ownOutput(format: LogFormat, node: string): pino.DestinationStream {
  const output = process.stdout;
  const show = format === 'json' ? (line: string) => line : (line: string) => `${formatLine(line)}\n`;
  let lost = 0;
  output.on('error', () => undefined);
  return {
    write(line) {
      if (output.writableLength > UNWRITTEN_BYTES) {
        lost += 1;
        return;
      }
      if (lost > 0) output.write(show(ownLine(node, 'warn', { lines: lost }, 'log lines were lost: their reader did not keep up')));
      lost = 0;
      output.write(show(line));
    },
  };
}

/** A file that says once on `console` when it cannot be written, and is tried again with each line. */
function logFile(path: string, node: string, console: pino.DestinationStream): pino.DestinationStream {
  makeOwnFolder(dirname(path));
  makeOwnFile(path);
  const file = pino.destination({ dest: path, sync: true, append: true, maxLength: UNWRITTEN_BYTES });
  let told: string | undefined;
  file.on('error', (error: NodeJS.ErrnoException) => {
    if (told === error.code) return;
    told = error.code;
    console.write(
      ownLine(node, 'error', { file: path, reason: error.message }, 'log file cannot be written; its lines are lost until it can'),
    );
  });
  return file;
}

/** A line about the log itself, which must not go through the logger that failed. */
function ownLine(node: string, level: string, fields: object, msg: string): string {
  return `${JSON.stringify({ level, time: new Date().toISOString(), node, pid: process.pid, ...fields, msg })}\n`;
}
