/** Commands 303 to 305: a player's friends. Who is hired becomes one, too (command 2301). */
import { transaction } from 'firefly-ts';
import { ADD_FRIEND, DELETE_FRIEND, FRIEND_LIST } from '../../share/commands';
import { text } from '../../share/game';
import { done, success } from '../../share/reply';
import { friends } from '../../share/tables';
import { playerCommand } from '../channel';
import { takeFromList } from '../character/lists';
import { characterOf } from '../character/rows';
import { listedPlayer } from './replies';
import { addFriend, friendsOf, shownFriends } from './rows';
import { checkEndOfFriendship, checkNewFriend } from './rules';

playerCommand(FRIEND_LIST, async ({ characterId }) => {
  const shown = await shownFriends(characterId);
  return success({ friendlist: shown.map((friend, at) => listedPlayer(friend, at + 1)) });
});

playerCommand(ADD_FRIEND, ({ characterId }, request) => {
  const other = request.integer('friendid');
  return transaction(async (t) => {
    const there = await friendsOf(t, characterId);
    checkNewFriend(
      characterId,
      there.map(({ playerId }) => playerId),
      other,
    );
    await characterOf(t, other);
    await addFriend(t, characterId, other, false);
    return done(text('friendAdded'));
  });
});

playerCommand(DELETE_FRIEND, ({ characterId }, request) => {
  const other = request.integer('friendid');
  return transaction(async (t) => {
    const friend = (await friendsOf(t, characterId)).find(({ playerId }) => playerId === other);
    checkEndOfFriendship(friend);
    if (friend) await takeFromList(t, friends, characterId, friend.friendId);
    return done(text('friendDeleted'));
  });
});
