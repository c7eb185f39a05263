/** A character as its client sees it: the answers to 103 and 105. Pure. */
import { type Reply, success } from '../../share/reply';
import { energyOf, MAX_ENERGY } from './energy';
import { experienceToLeave } from './level';
import type { Status } from './status';

/** Answer to 103. @param now milliseconds */
export function enteredReply({ row, attributes }: Status, now: number): Reply {
  return success({
    cid: row.id,
    name: row.nickname,
    level: row.level,
    exp: row.exp,
    maxexp: experienceToLeave(row.level),
    coin: row.coin,
    yuanbao: row.gold,
    power: attributes.maxHp,
    gas: energyOf(row, now),
    profession: row.profession,
  });
}

/** Answer to 105. Hit points are always full outside of a fight. @param now milliseconds */
export function statusReply({ row, attributes }: Status, now: number): Reply {
  return success({
    characterId: row.id,
    rolename: row.nickname,
    level: row.level,
    exp: row.exp,
    maxexp: experienceToLeave(row.level),
    coin: row.coin,
    gold: row.gold,
    tili: attributes.maxHp,
    tilimax: attributes.maxHp,
    huoli: energyOf(row, now),
    maxhuoli: MAX_ENERGY,
    profession: row.profession,
  });
}
