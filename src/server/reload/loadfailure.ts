/** Where in the user's files a load failed: file, line and reason, for a person. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';
import { StartFailed } from '../../errors';
import type { LoadFailure } from '../nodewire';
import { isOurs, unitOf } from './modules';

/** Where an error of a load came from. @param entry named when nothing better is known */
export function describeFailure(error: unknown, entry: string): LoadFailure {
  const message = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
  const table = error instanceof SyntaxError ? brokenTable(error) : undefined;
  if (table) return table;
  const frames = framesOf(error).filter(({ file }) => isOurs(file));
  const required = (error as { requireStack?: string[] }).requireStack?.find(isOurs);
  if (required) {
    const frame = frames.find(({ file }) => unitOf(file) === unitOf(required));
    return { ...(frame ? original(frame) : { file: required, line: 0 }), message };
  }
  const [first] = frames;
  if (!first) return { file: entry, line: 0, message };
  const emitted = error instanceof SyntaxError ? unparsable(`${unitOf(first.file)}.js`) : undefined;
  return { ...(emitted ?? original(first)), message };
}

/** The error of a node whose module or hook threw: says where, when that is known. */
export function startFailure(error: unknown, entry: string): StartFailed {
  const { file, line, message } = describeFailure(error, entry);
  return new StartFailed(line > 0 ? `${file}:${line}: ${message}` : message, { cause: error });
}

/** A `.json` that a module requires: Node puts the file in front of the message, and says the line at most in words. */
function brokenTable({ message }: SyntaxError): LoadFailure | undefined {
  const [, file, reason = ''] = /^((?:\/|[A-Za-z]:\\).*?\.json): (.*)/s.exec(message) ?? [];
  if (file === undefined || !existsSync(file)) return undefined;
  const first = reason.split('\n')[0];
  return { file, line: lineOfMistake(readFileSync(file, 'utf8')), message: `is not valid JSON: ${first}` };
}

/** The line on which a text stops being JSON. The parser is loaded when it is needed, which is once in a reload that failed. */
function lineOfMistake(text: string): number {
  const { parseTree }: typeof import('jsonc-parser') = require('jsonc-parser');
  const errors: import('jsonc-parser').ParseError[] = [];
  parseTree(text, errors, { disallowComments: true });
  const end = text.trimEnd().length;
  return text.slice(0, Math.min(errors[0]?.offset ?? end, end)).split('\n').length;
}

interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The frames of an error in emitted files; in sources, when somebody has looked at its stack before. */
function framesOf(error: unknown): Frame[] {
  const stack = withoutSourceMaps(() => (error instanceof Error ? (error.stack ?? '') : ''));
  return stack.split('\n').flatMap((line) => {
    const [, file, at, column] = /(?:^|[\s(])((?:\/|[A-Za-z]:\\)[^():]+):(\d+)(?::(\d+))?\)?$/.exec(line) ?? [];
    return file === undefined ? [] : [{ file, line: Number(at), column: Number(column ?? 1) }];
  });
}

/**
 * Where a frame is in the source, by the map that lies beside the emitted file: Node 20 takes the map of the oldest load of a file that is
 * still in memory, which is the one that runs and not the one that failed.
 */
function original({ file, line, column }: Frame): { file: string; line: number } {
  if (!existsSync(`${file}.map`)) return { file, line };
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  const entry = map.findEntry(line - 1, column - 1);
  return 'originalSource' in entry ? { file: resolve(dirname(file), entry.originalSource), line: entry.originalLine + 1 } : { file, line };
}

/** Where a file cannot be parsed. It is no longer what its source map describes, so the emitted file is named. */
function unparsable(file: string): { file: string; line: number } | undefined {
  return withoutSourceMaps(() => {
    try {
      new Script(readFileSync(file, 'utf8'), { filename: file });
      return undefined;
    } catch (error) {
      const line = error instanceof SyntaxError ? /^.*:(\d+)$/m.exec(error.stack ?? '')?.[1] : undefined;
      return line === undefined ? undefined : { file, line: Number(line) };
    }
  });
}

function withoutSourceMaps<T>(work: () => T): T {
  process.setSourceMapsEnabled(false);
  try {
    return work();
  } finally {
    process.setSourceMapsEnabled(true);
  }
}
