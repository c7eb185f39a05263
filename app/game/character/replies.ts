/** A character as its client sees it: the answers to 103 and 105. Pure. */
import { type Reply, success } from '../../share/reply';
import { unixTime } from '../../share/time';
import { type Player, playerAttributes } from '../players/player';
import { energyAt, MAX_ENERGY } from './energy';
import { experienceToLeave } from './level';

/** Answer to 103. @param now milliseconds */
export function enteredReply(player: Player, now: number): Reply {
  return success({
    cid: player.characterId,
    name: player.name,
    level: player.level,
    exp: player.exp,
    maxexp: experienceToLeave(player.level),
    coin: player.coin,
    yuanbao: player.gold,
    power: playerAttributes(player).maxHp,
    gas: energyAt(player.energy, unixTime(now)).energy,
    profession: player.profession,
  });
}

/** Answer to 105. Hit points are always full outside of a fight. @param now milliseconds */
export function statusReply(player: Player, now: number): Reply {
  const { maxHp } = playerAttributes(player);
  return success({
    characterId: player.characterId,
    rolename: player.name,
    level: player.level,
    exp: player.exp,
    maxexp: experienceToLeave(player.level),
    coin: player.coin,
    gold: player.gold,
    tili: maxHp,
    tilimax: maxHp,
    huoli: energyAt(player.energy, unixTime(now)).energy,
    maxhuoli: MAX_ENERGY,
    profession: player.profession,
  });
}
