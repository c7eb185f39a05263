/** Who may become a friend, and who may be let go. Pure. */
import { Refused } from '../../share/refused';

export const MAX_FRIENDS = 200;

/** What a row of `friendType` has. */
export const FRIEND = 1;

/** @param friends ids of those that one has. @throws Refused */
export function checkNewFriend(characterId: number, friends: readonly number[], other: number): void {
  if (other === characterId) throw new Refused('cannotAddSelf');
  if (friends.includes(other)) throw new Refused('alreadyFriend');
  if (friends.length >= MAX_FRIENDS) throw new Refused('friendsFull');
}

/** @param friend undefined when there is none. @throws Refused unless it is a friend that is not hired: one that is may stand in the formation */
export function checkEndOfFriendship(friend: { readonly guyong: number } | undefined): void {
  if (!friend) throw new Refused('friendMissing');
  if (friend.guyong === 1) throw new Refused('friendIsHired');
}
