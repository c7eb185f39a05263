/**
 * What a declared type such as `int(10) unsigned` or `varchar(32)` allows, read the same way on both dialects.
 *
 * SQLite itself enforces almost nothing of this; the writer does, so that a game meets the same limits on either store.
 */
import type { ColumnInfo } from './store';

export type TypeFacts = Pick<ColumnInfo, 'type' | 'maxLength' | 'maxBytes' | 'min' | 'max' | 'precision' | 'scale' | 'values'>;

/** Bits of each integer type; `integer` is MySQL's 32 bits on SQLite too. */
const INT_BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  boolean: 8,
  bool: 8,
  smallint: 16,
  int2: 16,
  mediumint: 24,
  int: 32,
  integer: 32,
  int4: 32,
  bigint: 64,
  int8: 64,
};

/** Bytes of the types whose size is in their name. */
const SIZED_BYTES: Readonly<Record<string, readonly ['text' | 'blob', number]>> = {
  tinytext: ['text', 255],
  text: ['text', 65_535],
  mediumtext: ['text', 16_777_215],
  longtext: ['text', 4_294_967_295],
  clob: ['text', 4_294_967_295],
  tinyblob: ['blob', 255],
  blob: ['blob', 65_535],
  mediumblob: ['blob', 16_777_215],
  longblob: ['blob', 4_294_967_295],
};

const FLOATS = new Set(['float', 'double', 'real', 'float4', 'float8', 'double precision']);
const DECIMALS = new Set(['decimal', 'dec', 'numeric', 'fixed', 'decimal_text']);
const TEXTS = new Set(['char', 'varchar', 'nchar', 'nvarchar', 'character', 'character varying']);
const BINARIES = new Set(['binary', 'varbinary', 'bit']);

/** Reads a declared type. A type it does not know is `other` and has no limits. */
export function parseColumnType(sqlType: string): TypeFacts {
  const [, word = '', argumentText, rest = ''] = /^\s*([a-z_0-9 ]*[a-z_0-9])\s*(?:\((.*)\))?\s*([a-z ]*)$/is.exec(sqlType) ?? [];
  const unsigned = /\bunsigned\b/i.test(`${word} ${rest}`);
  const base = word.toLowerCase().replace(/\s+(unsigned|signed|zerofill)\b/g, '');
  const numbers = (argumentText ?? '').split(',').map((text) => Number.parseInt(text, 10));
  const first = numbers[0] !== undefined && Number.isInteger(numbers[0]) ? numbers[0] : undefined;

  const bits = INT_BITS[base];
  if (bits !== undefined) return { type: 'int', ...intRange(bits, unsigned) };
  if (base === 'year') return { type: 'int', min: 0n, max: 2155n };
  if (FLOATS.has(base)) return { type: 'float' };
  if (DECIMALS.has(base)) {
    const scale = numbers[1];
    return { type: 'decimal', precision: first ?? 10, scale: scale !== undefined && Number.isInteger(scale) ? scale : 0 };
  }
  if (TEXTS.has(base)) return { type: 'text', ...(first === undefined ? {} : { maxLength: first }) };
  if (BINARIES.has(base)) return { type: 'blob', maxLength: base === 'bit' ? Math.ceil((first ?? 1) / 8) : (first ?? 1) };
  const sized = SIZED_BYTES[base];
  if (sized) return { type: sized[0], maxBytes: sized[1] };
  if (base === 'enum') return { type: 'text', values: quotedTexts(argumentText ?? '') };
  if (base === 'set') return { type: 'text' };
  if (base === 'json' || base === 'json_text') return { type: 'json' };
  if (base === 'datetime' || base === 'timestamp') return { type: 'datetime' };
  if (base === 'date') return { type: 'date' };
  if (base === 'time') return { type: 'time' };
  return { type: 'other' };
}

/** Lowest and highest value of an integer of so many bits. */
export function intRange(bits: number, unsigned: boolean): { min: bigint; max: bigint } {
  const span = 2n ** BigInt(bits);
  return unsigned ? { min: 0n, max: span - 1n } : { min: -span / 2n, max: span / 2n - 1n };
}

/** The texts in `'a','it''s'`. */
function quotedTexts(list: string): string[] {
  return Array.from(list.matchAll(/'((?:[^'\\]|''|\\.)*)'/gs), (match) => unquote(match[1] ?? ''));
}

/** Takes SQL's doubling and MySQL's backslashes out of a literal's inside. */
export function unquote(inside: string): string {
  return inside.replace(/''|\\(.)/gs, (whole, escaped: string | undefined) => (whole === "''" ? "'" : (escaped ?? '')));
}
