/**
 * What every statement is checked for before a driver sees it.
 *
 * Both drivers forgive what loses data: a missing parameter is bound as NULL, text behind a `;` is dropped, a Date or an object becomes NULL or '[object Object]'. Here each is a TypeError.
 */
import { LRUMap } from './lrumap';
import type { SqlValue } from './store';

export type Dialect = 'mysql' | 'sqlite';

/** Texts whose placeholders are counted already. A program has few; the bound is for one that builds its statements by hand. */
const COUNTED = 512;

/** First words of statements that would change the pooled connection for whoever gets it next. */
const SESSION_WORDS = /^\s*(begin|start\s+transaction|commit|rollback|savepoint|release|xa|lock|unlock|set|use)\b/i;

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** @throws TypeError for a statement that only `transaction()` or the store's own set-up may run */
export function refuseSessionChange(sql: string): void {
  const word = SESSION_WORDS.exec(sql)?.[1];
  if (word)
    throw new TypeError(
      `${word.toUpperCase()} would change the connection for others: use transaction() for transactions, the config for settings`,
    );
}

export class Statements {
  readonly #dialect: Dialect;
  readonly #counted = new LRUMap<string, number>(COUNTED);

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /**
   * Checks one statement and its parameters and returns what the driver may bind.
   *
   * @throws TypeError naming the parameter, counted from 1
   */
  check(sql: string, params: readonly unknown[]): SqlValue[] {
    let places = this.#counted.get(sql);
    if (places === undefined) {
      places = countPlaceholders(this.#dialect, sql);
      this.#counted.set(sql, places);
    }
    if (places !== params.length)
      throw new TypeError(`the statement has ${places} placeholders and got ${params.length} parameters: ${sql.slice(0, 200)}`);
    return params.map((value, index) => bindable(this.#dialect, value, index + 1));
  }
}

function bindable(dialect: Dialect, value: unknown, position: number): SqlValue {
  switch (typeof value) {
    case 'string':
      if (dialect === 'sqlite' && value.includes('\0'))
        throw new TypeError(`parameter ${position}: SQLite cuts text at a NUL character; pass a Buffer`);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`parameter ${position}: ${value} is not a number a database keeps`);
      return value;
    case 'bigint':
      if (dialect === 'sqlite' && (value < MIN_INT64 || value > MAX_INT64))
        throw new TypeError(`parameter ${position}: ${value} does not fit SQLite's 64 bits`);
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'undefined':
      throw new TypeError(`parameter ${position} is undefined; pass null for NULL`);
    case 'object':
      if (value === null || Buffer.isBuffer(value)) return value;
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      if (value instanceof Date) throw new TypeError(`parameter ${position} is a Date; pass text such as '2031-05-01 12:00:00' in UTC`);
  }
  throw new TypeError(
    `parameter ${position} is ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}; pass text, a number, a bigint, a Buffer or null`,
  );
}

/** Counts each `?` outside of literals, quoted names and comments. @throws TypeError when a second statement follows */
function countPlaceholders(dialect: Dialect, sql: string): number {
  let places = 0;
  let ended = false;
  for (let at = 0; at < sql.length; at++) {
    const skipped = skipQuotedOrComment(dialect, sql, at);
    if (skipped > at) {
      if (ended && /['"`[]/.test(sql.charAt(at))) throw secondStatement(sql);
      at = skipped - 1;
      continue;
    }
    const char = sql.charAt(at);
    if (char === ';') ended = true;
    else if (ended && char.trim() !== '') throw secondStatement(sql);
    else if (char === '?') places += 1;
  }
  return places;
}

function secondStatement(sql: string): TypeError {
  return new TypeError(`one statement at a time: ${sql.slice(0, 200)}`);
}

/** @returns the position behind the literal, quoted name or comment that starts at `at`, else `at` */
function skipQuotedOrComment(dialect: Dialect, sql: string, at: number): number {
  const char = sql.charAt(at);
  if (char === "'" || char === '"' || char === '`') return closingQuote(sql, at, char, dialect === 'mysql' && char !== '`');
  if (char === '[' && dialect === 'sqlite') return behind(sql, ']', at);
  if (char === '#' && dialect === 'mysql') return behind(sql, '\n', at);
  if (char === '-' && sql.charAt(at + 1) === '-' && (dialect === 'sqlite' || /^\s?$/.test(sql.charAt(at + 2))))
    return behind(sql, '\n', at);
  if (char === '/' && sql.charAt(at + 1) === '*') return behind(sql, '*/', at + 2);
  return at;
}

function behind(sql: string, end: string, from: number): number {
  const found = sql.indexOf(end, from);
  return found < 0 ? sql.length : found + end.length;
}

function closingQuote(sql: string, start: number, quote: string, escapes: boolean): number {
  for (let at = start + 1; at < sql.length; at++) {
    const char = sql.charAt(at);
    if (escapes && char === '\\') at += 1;
    else if (char === quote) {
      if (sql.charAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  return sql.length;
}
