/**
 * Requests of clients: UTF-8 JSON objects, taken apart field by field.
 *
 * Nothing of a request is used without its type and bounds being checked here. Pure.
 */
import { Refused } from './refused';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** No text: half a character, and the NUL that a database may cut at. */
const UNFIT = /[\0\p{Cs}]/u;

/** An integer of a request may be as large as an id. */
const MAX_INTEGER = 2 ** 31 - 1;

export class ClientRequest {
  readonly #fields: object;

  /** @throws Refused unless `data` is a JSON object, white space around it allowed */
  constructor(data: Uint8Array) {
    let fields: unknown;
    try {
      fields = JSON.parse(UTF8.decode(data));
    } catch {
      throw new Refused('badJson');
    }
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new Refused('badJson');
    this.#fields = fields;
  }

  /** The field as it came; undefined when it is missing. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields as Record<string, unknown>)[name] : undefined;
  }

  /** A text of at most `max` characters. @throws Refused */
  text(name: string, max: number): string {
    const value = this.raw(name);
    if (typeof value !== 'string' || lengthOf(value) > max || UNFIT.test(value)) throw new Refused('badField', name);
    return value;
  }

  /** An integer from `min` to `max`. @throws Refused */
  integer(name: string, min = 0, max = MAX_INTEGER): number {
    const value = this.raw(name);
    if (!isInteger(value, min, max)) throw new Refused('badField', name);
    return value;
  }

  /** As `integer`; `or` when the request leaves it out. @throws Refused */
  integerOr(or: number, name: string, min = 0, max = MAX_INTEGER): number {
    return this.raw(name) === undefined ? or : this.integer(name, min, max);
  }

  /** A list of 1 to `most` integers that are not negative. @throws Refused */
  integers(name: string, most: number): number[] {
    const values = this.raw(name);
    const isList = Array.isArray(values) && values.length > 0 && values.length <= most;
    if (!isList || !values.every((value: unknown) => isInteger(value, 0, MAX_INTEGER))) throw new Refused('badField', name);
    return values;
  }
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** Controls, formats, lone surrogates, line breaks: with them two names could look the same. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Whether a text holds characters that nobody sees. */
export function hasUnseen(text: string): boolean {
  return UNSEEN.test(text);
}

/** Length as a person counts it: characters, not UTF-16 units. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
