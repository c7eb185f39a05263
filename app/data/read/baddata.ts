/** Static data that the game cannot use: says where the mistake is and what is expected there. */
export class BadData extends Error {
  /** @param field a dotted path for a field within a field: `foes.0.1` */
  constructor(
    readonly table: string,
    readonly id: number | string,
    readonly field: string,
    what: string,
  ) {
    super(`data table ${table}, id ${id}: "${field}" ${what}`);
    this.name = 'BadData';
  }
}
