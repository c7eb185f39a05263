/** What the players of the run ask for beside the game's own commands. */
export const COMMANDS = {
  /** The game's own: reads the player. */
  status: 105,
  /** A coin more, in the memory of the game node: written when the player leaves it. */
  earn: 9101,
  /** A gold more in the player's row, written at once. */
  gain: 9102,
  /** Has the game node push the number of the request back. */
  push: 9103,
} as const;

export const PUSHED = 9104;
