/** The players of this node: who is in the game, by connection and by role. */
import { state } from 'firefly-ts';
import { gameLog } from '../../share/game';
import { characters } from '../../share/tables';
import { sqlTime } from '../../share/time';
import type { Player } from './player';

export type { Player } from './player';

/** Rows that are written at the same time when the node stops. */
const LEAVING_AT_ONCE = 200;

const held = state('game.players', () => ({ byConnection: new Map<number, Player>(), byCharacter: new Map<number, Player>() }));

export function playerOf(dynamicId: number): Player | undefined {
  return held.byConnection.get(dynamicId);
}

export function playerOfRole(characterId: number): Player | undefined {
  return held.byCharacter.get(characterId);
}

export function players(): Iterable<Player> {
  return held.byConnection.values();
}

/** Puts a player into the game, in place of whoever had its connection or its role. */
export function enter(player: Player): void {
  for (const earlier of [playerOf(player.dynamicId), playerOfRole(player.characterId)]) if (earlier) takeOut(earlier);
  held.byConnection.set(player.dynamicId, player);
  held.byCharacter.set(player.characterId, player);
}

/** Takes a player out of the game and notes when. A note that cannot be written is in the log, and no reason to stay. */
export async function leave(player: Player): Promise<void> {
  takeOut(player);
  try {
    const row = await characters.getObj(player.characterId);
    await row?.update('LastonlineTime', sqlTime(Date.now()));
  } catch (error) {
    gameLog()?.warn({ characterId: player.characterId, error }, 'when a player left could not be written');
  }
}

/** Everybody leaves: what the node does last. */
export async function leaveAll(): Promise<void> {
  const all = [...players()];
  for (let at = 0; at < all.length; at += LEAVING_AT_ONCE) await Promise.all(all.slice(at, at + LEAVING_AT_ONCE).map(leave));
  gameLog()?.info({ players: all.length }, 'the players have left');
}

function takeOut(player: Player): void {
  if (playerOf(player.dynamicId) === player) held.byConnection.delete(player.dynamicId);
  if (playerOfRole(player.characterId) === player) held.byCharacter.delete(player.characterId);
}
