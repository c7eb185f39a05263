/** The table of the data rows: a character as games keep them. Its primary key is its only unique key. */

export const TABLE = 'tb_character';

export const CREATE_TABLE = `CREATE TABLE ${TABLE} (id INTEGER PRIMARY KEY, nickname VARCHAR(32) NOT NULL, level INT NOT NULL, exp INT NOT NULL, coin BIGINT NOT NULL, gold INT NOT NULL,
  town INT NOT NULL, x DOUBLE NOT NULL, y DOUBLE NOT NULL, made DATETIME NULL, note TEXT NULL)`;

const FIELDS = {
  level: 33,
  exp: 0,
  coin: 0,
  gold: 12,
  town: 1001,
  x: 12.5,
  y: -3.25,
  made: '2026-01-31 12:00:00',
  note: 'A wanderer of the northern woods, late of the harbour.',
};

export type CharacterRow = { readonly id: number; readonly nickname: string } & typeof FIELDS;

export const COLUMNS = ['id', 'nickname', ...Object.keys(FIELDS)] as readonly (keyof CharacterRow)[];

/** @param exp what it has earned so far, also in coins: the two fields that the benchmark changes */
export function character(id: number, exp = 0): CharacterRow {
  return { id, nickname: `player ${id}`, ...FIELDS, exp, coin: coinsOf(exp) };
}

export function coinsOf(exp: number): number {
  return 1_250_000 + 3 * exp;
}
