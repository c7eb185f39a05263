/** The players of this node: who is in the game, by connection and by role; loaded at 103, saved when they leave. */
import { state } from 'firefly-ts';
import { gameLog } from '../../share/game';
import { type Character, characters } from '../../share/tables';
import { type CharacterRow, fieldsToSave, type Player, playerFrom } from './player';

export type { Player } from './player';

/** Players that are saved at the same time when the node stops. */
const SAVED_AT_ONCE = 200;

const held = state('game.players', () => ({ byConnection: new Map<number, Player>(), byCharacter: new Map<number, Player>() }));

/** Players that are being saved and dropped. */
const leaving = state('game.leaving', () => new Map<Player, Promise<void>>());

export function playerOf(dynamicId: number): Player | undefined {
  return held.byConnection.get(dynamicId);
}

export function playerOfRole(characterId: number): Player | undefined {
  return held.byCharacter.get(characterId);
}

export function players(): Iterable<Player> {
  return held.byConnection.values();
}

/** Builds the player of a role from storage, in place of the one this node may have. Undefined when there is no such role. */
export async function enter(dynamicId: number, characterId: number, gate: string): Promise<Player | undefined> {
  const earlier = held.byCharacter.get(characterId);
  if (earlier) await leave(earlier);
  const other = held.byConnection.get(dynamicId);
  if (other) await leave(other);
  const row = await characters.getObjData(characterId);
  if (!row) return undefined;
  const player = playerFrom(characterRow(row), dynamicId, gate);
  held.byConnection.set(dynamicId, player);
  held.byCharacter.set(characterId, player);
  return player;
}

/** Takes a player out of the game; saved first, unless a newer copy of it lives elsewhere. What cannot be saved is in the log, and the player stays. */
export function leave(player: Player, save = true): Promise<void> {
  // Two gates may ask for it at once. A second save could reach the row after its next player has changed it.
  const underWay = leaving.get(player);
  if (underWay) return underWay;
  const ending = takeOut(player, save).finally(() => leaving.delete(player));
  leaving.set(player, ending);
  return ending;
}

async function takeOut(player: Player, save: boolean): Promise<void> {
  if (save) await savePlayer(player);
  if (held.byConnection.get(player.dynamicId) === player) held.byConnection.delete(player.dynamicId);
  if (held.byCharacter.get(player.characterId) === player) held.byCharacter.delete(player.characterId);
}

/** Saves and drops everybody: what the node does last. @throws AggregateError when some could not be saved */
export async function saveAll(): Promise<void> {
  const all = [...held.byConnection.values()];
  const failures: unknown[] = [];
  for (let at = 0; at < all.length; at += SAVED_AT_ONCE) {
    const results = await Promise.allSettled(all.slice(at, at + SAVED_AT_ONCE).map((player) => leave(player)));
    for (const result of results) if (result.status === 'rejected') failures.push(result.reason);
  }
  gameLog()?.info({ players: all.length, failed: failures.length }, 'saved the players');
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${all.length} players could not be saved`);
}

async function savePlayer(player: Player): Promise<void> {
  const fields = fieldsToSave(player, Date.now());
  const row = await characters.getObj(player.characterId);
  await row?.updateMulti(fields);
  player.stored = { ...player.stored, ...fields };
}

/** An older server's table may have left a column empty. */
function characterRow(row: Character): CharacterRow {
  const number = (field: keyof CharacterRow) => Number(row[field] ?? 0);
  return {
    id: number('id'),
    nickname: String(row.nickname),
    profession: number('profession'),
    level: number('level'),
    exp: number('exp'),
    coin: number('coin'),
    gold: number('gold'),
    energy: number('energy'),
    energytime: number('energytime'),
  };
}
