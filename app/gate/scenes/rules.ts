/** Which game node takes the next player. Pure. */

/** The one with the fewest players among those that are there now; the first by name among equals. Undefined when there is none. */
export function chooseNode(children: readonly string[], players: ReadonlyMap<string, number>): string | undefined {
  return gameNodes(children).sort((a, b) => (players.get(a) ?? 0) - (players.get(b) ?? 0) || (a < b ? -1 : 1))[0];
}

/** Game nodes are told by their name. */
export function gameNodes(children: readonly string[]): string[] {
  return children.filter((name) => name.includes('game'));
}
