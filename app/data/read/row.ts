/**
 * One row of a data table, read field by field. Every field is checked, and a field that nobody reads is a mistake: most often a misspelt name.
 */
import { BadData } from './baddata';

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** What a row has that leaves the field out. */
  readonly or?: number;
}

const LARGEST = 2 ** 31 - 1;

export class Row {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #unread: Set<string>;
  readonly #path: string;

  /** @param path of a row within a row, ending in a dot */
  constructor(
    readonly table: string,
    readonly id: number,
    fields: object,
    path = '',
  ) {
    this.#fields = fields as Readonly<Record<string, unknown>>;
    this.#unread = new Set(Object.keys(fields));
    this.#path = path;
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#fields, field);
  }

  /** A whole number, from 0 unless the bounds say otherwise. @throws BadData */
  integer(field: string, { min = 0, max = LARGEST, or }: Bounds = {}): number {
    return this.#number(field, min, max, or, true);
  }

  /** @throws BadData */
  number(field: string, { min = 0, max = LARGEST, or }: Bounds = {}): number {
    return this.#number(field, min, max, or, false);
  }

  /** @throws BadData unless it is one of the choices; `or` when it is left out */
  oneOf<T extends string>(field: string, choices: readonly T[], or?: T): T {
    const value = this.#take(field) ?? or;
    const choice = choices.find((one) => one === value);
    return choice ?? this.fail(field, `is ${shown(value)} and must be one of ${choices.join(', ')}`);
  }

  /**
   * What the id in this field stands for.
   *
   * @param target the table's name, for the error
   * @param or the id when the field is left out
   * @throws BadData when there is no such row
   */
  reference<T>(field: string, target: string, rows: ReadonlyMap<number, T>, or?: number): T {
    const id = this.integer(field, or === undefined ? {} : { or });
    return rows.get(id) ?? this.fail(field, `is ${id} and there is no such row in ${target}`);
  }

  /** A field that is an object or a list. @throws BadData */
  group<T>(field: string, read: (group: Row) => T): T {
    const value = this.#take(field);
    if (typeof value !== 'object' || value === null) return this.fail(field, `is ${shown(value)} and must be an object`);
    const group = new Row(this.table, this.id, value, `${this.#path}${field}.`);
    const result = read(group);
    group.finish();
    return result;
  }

  /** A list of objects or lists. @throws BadData */
  groups<T>(field: string, read: (group: Row) => T): T[] {
    return this.#list(field, (list, place) => list.group(place, read));
  }

  /** A list of ids of another table. @throws BadData */
  references<T>(field: string, target: string, rows: ReadonlyMap<number, T>): T[] {
    return this.#list(field, (list, place) => list.reference(place, target, rows));
  }

  /** What `read` makes of the field; undefined when the row leaves it out. */
  optional<T>(field: string, read: (field: string) => T): T | undefined {
    return this.has(field) ? read(field) : undefined;
  }

  /** @throws BadData when there is a field that nobody has read */
  finish(): void {
    for (const field of this.#unread) this.fail(field, 'is no field of this table');
  }

  /** @throws BadData */
  fail(field: string, what: string): never {
    throw new BadData(this.table, this.id, this.#path + field, what);
  }

  #list<T>(field: string, read: (list: Row, place: string) => T): T[] {
    const value = this.#fields[field];
    if (!Array.isArray(value) || value.length === 0) return this.fail(field, `is ${shown(value)} and must be a list with something in it`);
    return this.group(field, (list) => value.map((_, place) => read(list, String(place))));
  }

  #number(field: string, min: number, max: number, or: number | undefined, isWhole: boolean): number {
    const value = this.#take(field) ?? or;
    const isRight = typeof value === 'number' && value >= min && value <= max && (!isWhole || Number.isInteger(value));
    if (isRight) return value;
    return this.fail(field, `is ${shown(value)} and must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`);
  }

  #take(field: string): unknown {
    this.#unread.delete(field);
    return this.has(field) ? this.#fields[field] : undefined;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
