/** What the players of the run ask for beside the game's own commands. */
export const COMMANDS = {
  /** The game's own: reads the player's rows. */
  status: 105,
  /** A coin more, decided on what the row has. */
  earn: 9101,
  /** A gold more, added where the row lies. */
  gain: 9102,
  /** Has the game node push the number of the request back. */
  push: 9103,
} as const;

export const PUSHED = 9104;
