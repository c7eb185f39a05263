import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listedPlayer } from '../../../../app/game/friends/replies';
import { checkEndOfFriendship, checkNewFriend, MAX_FRIENDS } from '../../../../app/game/friends/rules';
import { rankingReply } from '../../../../app/game/ranking/replies';
import { refuses } from '../data';

const ME = 1_000_001;
const OTHER = 1_000_002;

describe('a friend', () => {
  it('is somebody else, once, as long as there is room', () => {
    checkNewFriend(ME, [], OTHER);
    refuses('cannotAddSelf', () => checkNewFriend(ME, [], ME));
    refuses('alreadyFriend', () => checkNewFriend(ME, [OTHER], OTHER));
    const many = Array.from({ length: MAX_FRIENDS }, (_, at) => OTHER + 1 + at);
    refuses('friendsFull', () => checkNewFriend(ME, many, OTHER));
    checkNewFriend(ME, many.slice(1), OTHER);
  });

  it('is not let go while it is hired', () => {
    checkEndOfFriendship({ guyong: 0 });
    refuses('friendIsHired', () => checkEndOfFriendship({ guyong: 1 }));
    refuses('friendMissing', () => checkEndOfFriendship(undefined));
  });
});

describe('a player in a list', () => {
  const character = { id: OTHER, nickname: 'other', level: 7 };

  it('has exactly these fields', () => {
    assert.deepEqual(listedPlayer({ character, isHired: true }, 3), {
      chaid: OTHER,
      rolename: 'other',
      level: 7,
      skill: 'none',
      price: 7000,
      rank: 3,
      guyong: true,
    });
  });

  it('has a place behind those of earlier pages', () => {
    const player = { character, isHired: false };
    assert.deepEqual(rankingReply([player, player], 20, 20), {
      result: true,
      message: '',
      data: { end: 22, sp: false, friendlist: [listedPlayer(player, 21), listedPlayer(player, 22)] },
    });
    assert.deepEqual(rankingReply([player, player], 0, 2).data, {
      end: 2,
      sp: true,
      friendlist: [listedPlayer(player, 1), listedPlayer(player, 2)],
    });
  });
});
