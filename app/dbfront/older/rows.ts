/** What the rows of an older server become, table by table. Pure. */
import { MAX_LEVEL } from '../../data/experience';
import { GAME_DATA } from '../../data/gamedata';
import { currentChapter } from '../../game/campaign/chapters';
import { MAX_COINS } from '../../game/character/coins';
import { MAX_ENERGY } from '../../game/character/energy';
import { EMPTY_SLOT } from '../../game/equipment/slots';
import { EMPTY_PLACE, FIRST_FORMATION, HERO, UNIT_KINDS, unitsIn } from '../../game/formation/rules';
import { integerOf, integersOf, LONG_AGO, type OldRow, textOf, timeOf, within } from './values';

export type NewRow = Readonly<Record<string, string | number | null>>;

const PLACES = Array.from(FIRST_FORMATION, (_, at) => `eyes_${at + 1}`);
/** Slots that can be worn; index 0 is slot 1. */
const WORN = ['trousers', 'header', 'bracer', 'shoes', 'belt', 'necklace'];
const FIRST_PROFESSION = 1;

/** @param nickname that nobody else has @param finished the last chapter that it has finished, 0 for none: older servers did not keep how far a character has come */
export function characterFrom(old: OldRow, nickname: string, finished: number): NewRow {
  const { professions, chapters } = GAME_DATA.en;
  const figures = integersOf(old, { id: 0, viptype: 0, figure: 0, sex: 1, vipexp: 0, hp: 500, town: 1000, packageSize: 24 });
  const { level, exp, coin, gold, energy, profession } = integersOf(old, {
    level: 1,
    exp: 0,
    coin: 0,
    gold: 0,
    energy: MAX_ENERGY,
    profession: FIRST_PROFESSION,
  });
  return {
    ...figures,
    nickname,
    createtime: timeOf(old.createtime),
    LastonlineTime: timeOf(old.LastonlineTime),
    profession: professions.has(profession) ? profession : FIRST_PROFESSION,
    level: within(level, 1, MAX_LEVEL),
    exp: Math.max(exp, 0),
    coin: within(coin, 0, MAX_COINS),
    gold: within(gold, 0, MAX_COINS),
    energy: within(energy, 0, MAX_ENERGY),
    guanqia: currentChapter(finished > 0 ? [{ chapter: finished }] : [], chapters),
    // What it owns came with an entry of the ledger that was never written.
    entries: 1,
  };
}

/** @param username that nobody else has @param hasRole whether the character is there */
export function accountFrom(old: OldRow, username: string, hasRole: boolean): NewRow {
  const { characterId, ...figures } = integersOf(old, { id: 0, characterId: 0, pid: -1, logintimes: 0, enable: 1 });
  return {
    ...figures,
    characterId: hasRole ? characterId : 0,
    username,
    password: textOf(old.password),
    email: textOf(old.email),
    lastonline: timeOf(old.lastonline),
  };
}

export function itemFrom(old: OldRow): NewRow {
  const figures = { id: 0, characterId: 0, itemTemplateId: 0, isBound: 0, durability: -1, identification: 1, strengthen: 0, workout: 0 };
  const slots = { slot_1: 0, slot_2: 0, slot_3: 0, slot_4: 0 };
  return {
    ...integersOf(old, { ...figures, ...slots, exp: 0 }),
    stack: Math.max(integerOf(old.stack, 1), 1),
    accesstime: timeOf(old.accesstime),
  };
}

export function petFrom(old: OldRow): NewRow {
  const figures = { id: 0, ownerID: 0, templateID: 0, exp: 0, hp: 100, showed: 0, chuancheng: 0, _chuancheng: 0, energy: 0 };
  const growths = { StrGrowth: 0, WisGrowth: 0, VitGrowth: 0, DexGrowth: 0 };
  return { ...integersOf(old, { ...figures, ...growths }), level: within(integerOf(old.level, 1), 1, MAX_LEVEL), name: textOf(old.name) };
}

export function stageFrom(old: OldRow): NewRow {
  return { ...integersOf(old, { id: 0, characterId: 0, zhanyi: 0, zhangjie: 0 }), star: within(integerOf(old.star, 1), 1, 3) };
}

/** The hero is in it, once, and pets are; a hired player waits in the list again. */
export function formationFrom(old: OldRow): NewRow {
  const ids = PLACES.map((place) => integerOf(old[place], EMPTY_PLACE));
  const once = ids.map((id, at) => (ids.indexOf(id) === at ? id : EMPTY_PLACE));
  const hired = new Set(unitsIn(once).flatMap(({ kind, id }) => (kind === UNIT_KINDS.hired ? [id] : [])));
  const places = once.map((id) => (hired.has(id) ? EMPTY_PLACE : id));
  const whole = places.includes(HERO) ? places : places.with(FIRST_FORMATION.indexOf(HERO), HERO);
  return {
    characterId: integerOf(old.characterId, 0),
    matrixId: 0,
    ...Object.fromEntries(PLACES.map((place, at) => [place, whole[at] ?? EMPTY_PLACE])),
  };
}

export function equipmentFrom(old: OldRow): NewRow {
  const slots = Object.fromEntries(WORN.map((slot) => [slot, EMPTY_SLOT]));
  return { characterId: integerOf(old.characterId, 0), ...integersOf(old, slots) };
}

/** Under the character's id, which older servers did not do. */
export function standingFrom(old: OldRow): NewRow {
  const figures = { characterId: 0, score: 0, ranking: 0, liansheng: 0, lastresult: 0, surplustimes: 15, buytimes: 0, receive: 0 };
  const standing = integersOf(old, figures);
  return { ...standing, id: standing.characterId, lasttime: timeOf(old.lasttime), recorddate: dayOf(old.recorddate) };
}

export function arenaFightFrom(old: OldRow): NewRow {
  return {
    ...integersOf(old, { id: 0, tiaozhan: 0, yingzhan: 0, success: 0, rankingChange: 0 }),
    tiaozhanname: textOf(old.tiaozhanname),
    yingzhanname: textOf(old.yingzhanname),
    recordtime: timeOf(old.recordtime) ?? LONG_AGO,
  };
}

export function mailFrom(old: OldRow): NewRow {
  const figures = { id: 0, senderId: -1, receiverId: 0, type: 1, isReaded: 0, isSaved: 0 };
  return {
    ...integersOf(old, { ...figures, coinContains: 0, goldContains: 0, couponContains: 0 }),
    title: textOf(old.title),
    sender: textOf(old.sender),
    content: textOf(old.content),
    sendTime: timeOf(old.sendTime) ?? LONG_AGO,
  };
}

export function friendFrom(old: OldRow): NewRow {
  const figures = { friendId: 0, characterId: 0, playerId: 0, friendType: 1, isSheildedMail: 0, goodwill: 0, guyong: 0, clue: 0 };
  return { ...integersOf(old, figures), makeTime: timeOf(old.makeTime) ?? LONG_AGO };
}

export function hireFrom(old: OldRow): NewRow {
  return {
    ...integersOf(old, { id: 0, characterId: 0, zyid: 0, battleresult: 0, coinbound: 0, huoli: 0 }),
    chaname: textOf(old.chaname),
    zyname: textOf(old.zyname),
    reocrddate: timeOf(old.reocrddate) ?? LONG_AGO,
  };
}

/** @param orderid that no other payment has */
export function rechargeFrom(old: OldRow, orderid: string): NewRow {
  const figures = { id: 0, rbm: 0, zuan: 0, serviceid: 0, lyid: 0, boo: -1 };
  return { ...integersOf(old, figures), uid: textOf(old.uid, 20), orderid, rtime: timeOf(old.rtime) ?? LONG_AGO };
}

export function billFrom(old: OldRow): NewRow {
  return {
    ...integersOf(old, { id: 0, characterId: 0, spendType: 12, spendGold: 0, itemId: 0 }),
    spendDetails: textOf(old.spendDetails),
    recordDate: timeOf(old.recordDate) ?? LONG_AGO,
  };
}

/** A day under its own id; undefined when it is none. */
export function dayFrom(old: OldRow): NewRow | undefined {
  const recorddate = dayOf(old.recorddate);
  const figures = { high: 0, createrole: 0, loginuser: 0, onlineaverage: 0, onlinetotal: 0 };
  return recorddate === null ? undefined : { ...integersOf(old, figures), id: Number(recorddate.replaceAll('-', '')), recorddate };
}

/** `YYYY-MM-DD` */
function dayOf(value: unknown): string | null {
  return timeOf(value)?.slice(0, 10) ?? null;
}
