/** A player in memory: made from the row of its role, and what of it has to be written back. Pure. */
import { GAME_DATA } from '../../data/gamedata';
import { sqlTime, unixTime } from '../../share/time';
import { type Attributes, attributesOf } from '../character/attributes';
import { type Energy, energyAt } from '../character/energy';

/** What changes while a player is in the game. */
export interface Saved {
  readonly level: number;
  readonly exp: number;
  readonly coin: number;
  readonly gold: number;
  readonly energy: number;
  readonly energytime: number;
}

/** The columns of tb_character that a player is made from. */
export interface CharacterRow extends Saved {
  readonly id: number;
  readonly nickname: string;
  readonly profession: number;
}

export interface Player {
  readonly characterId: number;
  readonly dynamicId: number;
  /** The gate whose client it is: the one that let it in, or the one that took its connection over when that was drained. */
  gate: string;
  readonly name: string;
  /** By its id: players outlive a reload, the data does not. */
  readonly profession: number;
  level: number;
  exp: number;
  coin: number;
  gold: number;
  energy: Energy;
  /** What the row holds, as far as this player knows. */
  stored: Saved;
}

/** @throws TypeError naming the row when it has a profession that does not exist */
export function playerFrom(row: CharacterRow, dynamicId: number, gate = ''): Player {
  const { profession, level, exp, coin, gold, energy, energytime } = row;
  if (!GAME_DATA.en.professions.has(profession)) throw new TypeError(`tb_character ${row.id}: there is no profession ${profession}`);
  return {
    characterId: row.id,
    dynamicId,
    gate,
    name: row.nickname,
    profession,
    level,
    exp,
    coin,
    gold,
    energy: { energy, since: energytime },
    stored: { level, exp, coin, gold, energy, energytime },
  };
}

/** Without equipment, which is not worn yet. */
export function playerAttributes(player: Player): Attributes {
  const profession = GAME_DATA.en.professions.get(player.profession);
  if (!profession) throw new TypeError(`player ${player.characterId}: profession ${player.profession} is gone from the data`);
  return attributesOf(profession, player.level);
}

/** The fields that the row of a player who leaves at `now` (milliseconds) does not hold yet. */
export function fieldsToSave(player: Player, now: number): Partial<Saved> & { LastonlineTime: string } {
  const { energy, since } = energyAt(player.energy, unixTime(now));
  const current: Saved = { level: player.level, exp: player.exp, coin: player.coin, gold: player.gold, energy, energytime: since };
  const changed = Object.entries(current).filter(([field, value]) => player.stored[field as keyof Saved] !== value);
  return { ...(Object.fromEntries(changed) as Partial<Saved>), LastonlineTime: sqlTime(now) };
}
