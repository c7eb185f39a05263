/**
 * Who is on a connection.
 *
 * What a player owns is in rows and nowhere else: a command reads and changes them in a transaction. So a game node may die at any moment, and nobody loses anything.
 */
export interface Player {
  readonly characterId: number;
  readonly dynamicId: number;
  /** The gate whose client it is: the one that let it in, or the one that took its connection over when that was drained. */
  gate: string;
  readonly name: string;
  /** By its id: players outlive a reload, the data does not. */
  readonly profession: number;
}
