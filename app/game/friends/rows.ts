/** The friends of a character in a transaction. */
import type { Transaction } from 'firefly-ts';
import { type Character, characters, type Friend, friends } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { addToList, listOf } from '../character/lists';
import { FRIEND } from './rules';

export function friendsOf(t: Transaction, characterId: number): Promise<Friend[]> {
  return listOf(t, friends, characterId);
}

/** @param isHired whether it is for a fight that it becomes one */
export function addFriend(t: Transaction, characterId: number, playerId: number, isHired: boolean): Promise<number> {
  const makeTime = sqlTime(Date.now());
  return addToList(t, friends, characterId, { characterId, playerId, friendType: FRIEND, guyong: isHired ? 1 : 0, makeTime });
}

/** A friend, or a player in a ranking, with whether it is hired. */
export interface Known {
  readonly character: Pick<Character, 'id' | 'nickname' | 'level'>;
  readonly isHired: boolean;
}

/** To be shown, and not to decide on. */
export async function shownFriends(characterId: number): Promise<Known[]> {
  const rows = await friends.getObjList(await friends.getAllPkByFk(characterId));
  const hired = new Map(rows.map(({ data }) => [data.playerId, data.guyong === 1]));
  const players = await characters.getObjList([...hired.keys()]);
  return players.map(({ data }) => ({ character: data, isHired: hired.get(data.id) === true }));
}
