/** Names and descriptions of what is in the data tables, in one language: table, id, then name and description. */
import { BadData } from './baddata';
import type { Row } from './row';

export interface Named {
  readonly name: string;
  readonly description: string;
}

export class Texts {
  readonly #tables = new Map<string, Map<string, Named>>();
  readonly #unread = new Set<string>();

  /** @throws BadData when it is not tables of pairs of text */
  constructor(
    readonly language: string,
    tables: object,
  ) {
    for (const [table, texts] of Object.entries(tables)) {
      const named = new Map<string, Named>();
      for (const [id, pair] of Object.entries(Object(texts))) {
        named.set(id, this.#named(table, id, pair));
        this.#unread.add(`${table} ${id}`);
      }
      this.#tables.set(table, named);
    }
  }

  /** @throws BadData when the row has no name in this language */
  of(row: Row): Named {
    this.#unread.delete(`${row.table} ${row.id}`);
    return this.#tables.get(row.table)?.get(String(row.id)) ?? row.fail('name', `has no text in ${this.language}`);
  }

  /** @throws BadData when there is a text that no row has asked for */
  finish(): void {
    for (const unread of this.#unread) {
      const [table = '', id = ''] = unread.split(' ');
      throw new BadData(table, id, 'name', `has a text in ${this.language} and there is no such row`);
    }
  }

  #named(table: string, id: string, pair: unknown): Named {
    const [name, description, more] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (isText(name) && isText(description) && more === undefined) return { name, description };
    throw new BadData(table, id, 'name', `must be a name and a description in ${this.language}`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() === value && value !== '';
}
