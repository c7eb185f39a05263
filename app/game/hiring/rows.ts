/** Hires in a transaction: who is hired, and what happens after the fight. */
import { db, type Transaction } from 'firefly-ts';
import type { Chapter } from '../../data/chapters';
import { Refused } from '../../share/refused';
import { friends, type HireRecord, hireRecords } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { changeCoins, changeEnergy, characterOf } from '../character/rows';
import { placesOf, putPlaces } from '../formation/rows';
import { addFriend, friendsOf } from '../friends/rows';
import { checkHire, dismissHired, HIRE_PAY } from './rules';

export interface HiredPlayer {
  readonly id: number;
  readonly name: string;
  readonly level: number;
  readonly profession: number;
}

/** Players that a character has hired and not yet fought with. */
export async function hiredBy(t: Transaction, characterId: number): Promise<HiredPlayer[]> {
  const hired = (await friendsOf(t, characterId)).filter(({ guyong }) => guyong === 1);
  const rows = await Promise.all(hired.map(({ playerId }) => characterOf(t, playerId)));
  return rows.map(({ id, nickname: name, level, profession }) => ({ id, name, level, profession }));
}

/** A player that this character has hired. @throws Refused when it has not */
export async function hireOf(t: Transaction, characterId: number, playerId: number): Promise<HiredPlayer> {
  const hired = (await hiredBy(t, characterId)).find(({ id }) => id === playerId);
  if (!hired) throw new Refused('notHired');
  return hired;
}

/** @throws Refused */
export async function hire(t: Transaction, characterId: number, playerId: number): Promise<void> {
  const { coin } = await characterOf(t, characterId);
  const there = await friendsOf(t, characterId);
  const friend = there.find((row) => row.playerId === playerId);
  const player = await characterOf(t, playerId);
  const candidate = { characterId: playerId, level: player.level, isFriend: friend !== undefined, isHired: friend?.guyong === 1 };
  const price = checkHire({ characterId, coin, friends: there.length }, candidate);
  await changeCoins(t, characterId, -price, 'hire');
  if (friend) await t.update(friends, friend.friendId, { guyong: 1 });
  else await addFriend(t, characterId, playerId, true);
}

/**
 * After a fight of the campaign: who was hired for it leaves the formation, is paid, and finds it in its record.
 *
 * @param now milliseconds
 */
export async function settleHires(t: Transaction, hirerId: number, chapter: Chapter, battleresult: 1 | 2, now: number): Promise<void> {
  const { places, hired } = dismissHired(await placesOf(t, hirerId));
  if (hired.length === 0) return;
  await putPlaces(t, hirerId, places);
  const hirer = await characterOf(t, hirerId);
  const there = await friendsOf(t, hirerId);
  for (const playerId of hired) {
    const friend = there.find((row) => row.playerId === playerId);
    if (friend) await t.update(friends, friend.friendId, { guyong: 0 });
    await changeCoins(t, playerId, HIRE_PAY.coin, 'hired');
    await changeEnergy(t, playerId, HIRE_PAY.energy, now);
    await t.insert(hireRecords, {
      characterId: playerId,
      chaname: hirer.nickname,
      zyname: chapter.name,
      zyid: chapter.id,
      battleresult,
      coinbound: HIRE_PAY.coin,
      huoli: HIRE_PAY.energy,
      reocrddate: sqlTime(now),
    });
  }
}

/** A fight that a player was hired for, as its client is told of it. */
export type ShownRecord = Pick<HireRecord, 'chaname' | 'zyname' | 'battleresult' | 'coinbound' | 'huoli' | 'reocrddate'>;

/** The newest first, as the database had them a second ago. */
export async function hireRecordsOf(characterId: number, count: number): Promise<ShownRecord[]> {
  const { rows } = await db.query(
    `SELECT chaname, zyname, battleresult, coinbound, huoli, reocrddate FROM tb_guyong_record
      WHERE characterId = ? ORDER BY reocrddate DESC, id DESC LIMIT ?`,
    [characterId, count],
  );
  return rows.map((row) => ({
    chaname: String(row.chaname),
    zyname: String(row.zyname),
    battleresult: Number(row.battleresult),
    coinbound: Number(row.coinbound),
    huoli: Number(row.huoli),
    reocrddate: String(row.reocrddate),
  }));
}
