/**
 * The config file as text: read, parsed, and able to tell on which line a key stands.
 *
 * JSON with comments. What JSON alone cannot say is said here: where a syntax error is, and that a key was given twice.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { findNodeAtLocation, getNodeValue, type Node, type ParseError, ParseErrorCode, parseTree, stripComments } from 'jsonc-parser';
import { ConfigError } from '../errors';
import { type Path, Problems } from './problems';

export interface ConfigText {
  /** The file's content; not yet checked but for being an object. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly problems: Problems;
}

/** What to do about each error of the parser. */
const SYNTAX: Readonly<Partial<Record<ParseErrorCode, string>>> = {
  [ParseErrorCode.InvalidSymbol]: 'is no JSON value; write text in double quotes, or a number, true, false or null',
  [ParseErrorCode.InvalidNumberFormat]: 'is no number that JSON knows; correct it',
  [ParseErrorCode.PropertyNameExpected]: 'stands where a key in double quotes is expected; remove the comma before it or add the key',
  [ParseErrorCode.ValueExpected]: 'stands where a value is expected; add the value or remove the comma before it',
  [ParseErrorCode.ColonExpected]: 'stands where a colon is expected; add it after the key',
  [ParseErrorCode.CommaExpected]: 'stands where a comma is expected; add it before this',
  [ParseErrorCode.CloseBraceExpected]: 'stands where a closing brace } is expected; add it',
  [ParseErrorCode.CloseBracketExpected]: 'stands where a closing bracket ] is expected; add it',
  [ParseErrorCode.EndOfFileExpected]: 'stands after the end of the config; remove it, or a closing brace too many before it',
  [ParseErrorCode.UnexpectedEndOfComment]: 'is a comment that is not closed; add */',
  [ParseErrorCode.UnexpectedEndOfString]: 'is not closed on its line; add the double quote at its end',
  [ParseErrorCode.UnexpectedEndOfNumber]: 'is a number that is not complete; correct it',
  [ParseErrorCode.InvalidUnicode]: 'has a \\u escape without four hexadecimal digits; correct it',
  [ParseErrorCode.InvalidEscapeCharacter]: 'has an escape that JSON does not know; write \\\\ for a backslash',
  [ParseErrorCode.InvalidCharacter]: 'has a control character in it; write it as an escape, a tab as \\t',
};

/** @throws ConfigError when there is no such file or it is no JSON object */
export async function readConfigText(path: string): Promise<ConfigText> {
  const file = showFile(path);
  const text = await readText(path, file);
  const lineAt = lineFinder(text);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors);
  const first = errors[0];
  // Only the first: what a parser says after it has lost its way is noise.
  if (first) throw new ConfigError([describeSyntax(first, text, file, lineAt)]);
  if (root?.type !== 'object') throw new ConfigError([`${file}:1 is no JSON object; write { "master": { … }, "servers": { … } }`]);
  const problems = new Problems(file, (at) => lineAt(offsetOf(root, at)));
  reportTwice(root, [], problems, lineAt);
  return { value: JSON.parse(stripComments(text)) as Record<string, unknown>, problems };
}

/** The file's name as a person at this terminal would write it. */
export function showFile(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

async function readText(path: string, file: string): Promise<string> {
  try {
    // Windows editors put a byte order mark in front.
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'does not exist; name the config with --config PATH'
        : code === 'EISDIR'
          ? 'is a folder; name the config in it'
          : `cannot be read (${code}); let this user read it`;
    throw new ConfigError([`${file} ${why}`], { cause });
  }
}

function describeSyntax(error: ParseError, text: string, file: string, lineAt: (offset: number) => number): string {
  const end = text.trimEnd().length;
  const offset = Math.min(error.offset, end);
  const column = offset - text.slice(0, offset).lastIndexOf('\n');
  const what = offset === end ? 'the end of the file' : kindOfPiece(text.charAt(offset));
  return `${file}:${lineAt(offset)} is not valid JSON: ${what} at column ${column} ${SYNTAX[error.error] ?? 'is not expected; remove it'}`;
}

/** A piece of the file may be a password that lacks its quotes: it is not shown. */
function kindOfPiece(first: string): string {
  if (first === '"') return 'text in double quotes';
  return /[{}[\]:,/]/.test(first) ? first : 'a word or a number';
}

/** Reports keys given twice in one object: JSON keeps only the last. */
function reportTwice(node: Node, path: Path, problems: Problems, lineAt: (offset: number) => number): void {
  if (node.type === 'array') {
    for (const [index, item] of (node.children ?? []).entries()) reportTwice(item, [...path, index], problems, lineAt);
    return;
  }
  if (node.type !== 'object') return;
  const seen = new Map<string, { value: Node; line: number }>();
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    const here = [...path, String(key.value)];
    const line = lineAt(property.offset);
    const before = seen.get(String(key.value));
    if (before && isDeepStrictEqual(getNodeValue(before.value), getNodeValue(value))) {
      problems.warn(here, `is given twice with the same value, first in line ${before.line}; remove one`, line);
    } else if (before) {
      problems.error(here, `is given twice with different values, first in line ${before.line}; remove one`, line);
    }
    seen.set(String(key.value), { value, line });
    reportTwice(value, here, problems, lineAt);
  }
}

/** Where a path's key stands; for a path that is not there, where the nearest thing above it stands. */
function offsetOf(root: Node, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return node.parent?.type === 'property' ? node.parent.offset : node.offset;
  }
  return root.offset;
}

/** Lines count from 1. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const after = starts.findIndex((start) => start > offset);
    return after === -1 ? starts.length : after;
  };
}
