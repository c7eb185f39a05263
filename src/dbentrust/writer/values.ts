/**
 * What a column takes, decided before a change is acknowledged, so that SQL has no reason left to refuse it.
 *
 * Values come out in the form in which SQL gives them back: an after-image in memory equals the row that is read after the flush.
 */
import type { ColumnInfo, SqlValue } from '../sql/store';

/** Says no. The writer adds table, primary key and field. */
export class ValueRefused extends Error {}

/** @throws ValueRefused with the reason */
export function checkValue(column: ColumnInfo, value: unknown): SqlValue {
  if (value === undefined) throw new ValueRefused('undefined is no value; write null for NULL or leave the field out');
  if (value === null) {
    if (!column.nullable) throw new ValueRefused('may not be NULL');
    return null;
  }
  if (value instanceof Date) throw new ValueRefused("a Date is refused; write its text, 'YYYY-MM-DD HH:MM:SS' in UTC");
  switch (column.type) {
    case 'int':
      return integer(column, value);
    case 'float':
      return float(column, value);
    case 'decimal':
      return decimal(column, value);
    case 'text':
      return text(column, value);
    case 'blob':
      return blob(column, value);
    case 'datetime':
      return dateTime(column, value);
    case 'date':
      return date(value);
    case 'time':
      return matching(value, /^-?\d{1,3}:[0-5]\d:[0-5]\d(\.\d{1,6})?$/, 'HH:MM:SS');
    case 'json':
      return json(value);
    case 'other':
      return other(column, value);
  }
}

function integer(column: ColumnInfo, value: unknown): number | bigint {
  const given = typeof value === 'boolean' ? Number(value) : value;
  if (typeof given !== 'number' && typeof given !== 'bigint') throw wrongType(column, value);
  if (typeof given === 'number' && !Number.isInteger(given)) throw new ValueRefused(`${given} is not an integer`);
  if (typeof given === 'number' && !Number.isSafeInteger(given))
    throw new ValueRefused(`${given} is not exact as a number; write a bigint`);
  // JavaScript compares numbers and bigints exactly.
  if ((column.min !== undefined && given < column.min) || (column.max !== undefined && given > column.max)) {
    throw new ValueRefused(`${given} is outside of ${column.sqlType}, ${column.min} to ${column.max}`);
  }
  return typeof given === 'bigint' ? smallest(given) : given + 0; // -0 is 0
}

/** An integer as rows hold it: a number when that is exact. */
export function smallest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Largest value of a four-byte FLOAT. */
const MAX_SINGLE = 3.4028234663852886e38;

function float(column: ColumnInfo, value: unknown): number {
  const given = typeof value === 'boolean' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof given !== 'number') throw wrongType(column, value);
  const bound = /^float/i.test(column.sqlType) ? MAX_SINGLE : Number.MAX_VALUE;
  if (!(Math.abs(given) <= bound)) throw new ValueRefused(`${given} is outside of ${column.sqlType}`);
  return given;
}

function decimal(column: ColumnInfo, value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') throw wrongType(column, value);
  const parts = /^([+-]?)0*(\d*?)(?:\.(\d*?)0*)?$/.exec(String(value));
  if (!parts || !/\d/.test(String(value))) throw new ValueRefused(`${shown(value)} is not a decimal number`);
  const [, sign, whole = '', fraction = ''] = parts;
  const scale = column.scale ?? fraction.length;
  if (fraction.length > scale) throw new ValueRefused(`${value} has more than ${scale} digits behind the point`);
  if (column.precision !== undefined && whole.length > column.precision - scale)
    throw new ValueRefused(`${value} is outside of ${column.sqlType}`);
  const digits = `${whole || '0'}${scale > 0 ? `.${fraction.padEnd(scale, '0')}` : ''}`;
  return sign === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

const LONE_SURROGATE = /\p{Surrogate}/u;
/** What MySQL's latin1 (cp1252) holds above U+00FF. */
const CP1252 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/** Whether the database can be asked for a text. @throws ValueRefused */
export function checkCharacters(column: ColumnInfo, value: string): void {
  if (LONE_SURROGATE.test(value)) throw new ValueRefused('holds half of a character (a lone surrogate)');
  if (value.includes('\0')) throw new ValueRefused('holds a NUL character; a text column on SQLite would end there, use a BLOB');
  checkCharset(column, value);
}

function text(column: ColumnInfo, value: unknown): string {
  if (typeof value !== 'string') throw wrongType(column, value);
  checkCharacters(column, value);
  if (column.values && !column.values.includes(value)) throw new ValueRefused(`${shown(value)} is none of ${column.values.join(', ')}`);
  const stored = /^char\b/i.test(column.sqlType) ? value.replace(/ +$/, '') : value; // MySQL does not keep them
  // A text has at least as many UTF-16 units as characters, so most are measured by their length alone.
  if (column.maxLength !== undefined && stored.length > column.maxLength) {
    const characters = [...stored].length;
    if (characters > column.maxLength)
      throw new ValueRefused(`has ${characters} characters and ${column.sqlType} takes ${column.maxLength}`);
  }
  if (column.maxBytes !== undefined && stored.length * 3 > column.maxBytes) checkBytes(column, Buffer.byteLength(stored));
  return stored;
}

function checkBytes(column: ColumnInfo, bytes: number): void {
  if (column.maxBytes !== undefined && bytes > column.maxBytes) {
    throw new ValueRefused(`has ${bytes} bytes and ${column.sqlType} takes ${column.maxBytes}`);
  }
}

function checkCharset(column: ColumnInfo, value: string): void {
  const charset = column.collation?.split('_', 1)[0];
  if (charset !== 'utf8' && charset !== 'utf8mb3' && charset !== 'latin1' && charset !== 'ascii') return;
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0;
    const fits = charset === 'ascii' ? point < 0x80 : charset === 'latin1' ? point < 0x100 || CP1252.includes(character) : point < 0x10000;
    if (!fits) throw new ValueRefused(`'${character}' is not in the column's character set ${charset}`);
  }
}

function blob(column: ColumnInfo, value: unknown): Buffer {
  if (!(value instanceof Uint8Array)) throw wrongType(column, value);
  if (column.maxLength !== undefined && value.length > column.maxLength) {
    throw new ValueRefused(`has ${value.length} bytes and ${column.sqlType} takes ${column.maxLength}`);
  }
  checkBytes(column, value.length);
  return Buffer.from(value); // a copy: the caller's buffer may be a view of a socket's read chunk, or be written to later
}

function dateTime(column: ColumnInfo, value: unknown): string {
  const given = matching(value, /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/, 'YYYY-MM-DD HH:MM:SS');
  checkCalendar(given);
  const stamp = /^timestamp/i.test(column.sqlType);
  if (stamp && (given < '1970-01-01 00:00:01' || given >= '2038-01-19 03:14:08'))
    throw new ValueRefused(`${given} is outside of ${column.sqlType}`);
  return given;
}

function date(value: unknown): string {
  const given = matching(value, /^\d{4}-\d\d-\d\d$/, 'YYYY-MM-DD');
  checkCalendar(given);
  return given;
}

function checkCalendar(value: string): void {
  const day = value.slice(0, 10);
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) throw new ValueRefused(`there is no day ${day}`);
}

function json(value: unknown): string {
  if (typeof value !== 'string') throw new ValueRefused('takes JSON as its text; use JSON.stringify');
  try {
    JSON.parse(value);
  } catch (error) {
    throw new ValueRefused('is not JSON', { cause: error });
  }
  return value;
}

function other(column: ColumnInfo, value: unknown): SqlValue {
  if (column.values && typeof value === 'string') return text(column, value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'string' || typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw wrongType(column, value);
}

function matching(value: unknown, form: RegExp, example: string): string {
  if (typeof value !== 'string' || !form.test(value)) throw new ValueRefused(`${shown(value)} is not of the form ${example}`);
  return value;
}

function wrongType(column: ColumnInfo, value: unknown): ValueRefused {
  const given =
    value instanceof Uint8Array
      ? 'a Buffer'
      : Array.isArray(value)
        ? 'an array'
        : typeof value === 'object'
          ? 'an object'
          : `a ${typeof value}`;
  return new ValueRefused(`${given} does not fit ${column.sqlType}`);
}

/** A refused value in a message: short, since a client may have sent it. */
function shown(value: unknown): string {
  const written = typeof value === 'string' ? `'${value}'` : String(value);
  return written.length > 40 ? `${written.slice(0, 37)}...` : written;
}

/**
 * What two values of a unique column must not share; undefined for NULL, which equals nothing.
 *
 * Where the column's collation decides, this takes more for equal than the database may (case and accents aside), never less for the common ones:
 * a change refused in doubt can be told to the player, a change that SQL refuses after it was acknowledged cannot.
 */
export function uniqueForm(column: ColumnInfo, value: SqlValue): string | undefined {
  if (value === null) return undefined;
  if (Buffer.isBuffer(value)) return `b${value.toString('latin1')}`;
  if (typeof value !== 'string') return `n${value}`;
  if (column.collation === undefined) return `t${value}`;
  const padded = value.replace(/ +$/, '');
  if (/_bin$/i.test(column.collation) || column.collation === 'RTRIM') return `t${padded}`;
  return `t${padded.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()}`;
}
