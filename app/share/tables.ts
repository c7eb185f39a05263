/**
 * The tables whose rows the game handles one by one. Any node may read and change them; dbfront is the one that writes.
 *
 * A node that uses them manages them first, in its entry module. This file exports tables and nothing else, so that it can take them all. A time is text in UTC, 'YYYY-MM-DD HH:MM:SS'.
 */
import { defineTable } from 'firefly-ts';

export interface Account {
  id: number;
  username: string;
  password: string;
  email: string;
  lastonline: string | null;
  /** 0: no role yet. */
  characterId: number;
  pid: number;
  logintimes: number;
  /** 0: banned. */
  enable: number;
}

export interface Character {
  id: number;
  nickname: string;
  createtime: string | null;
  LastonlineTime: string | null;
  viptype: number;
  profession: number;
  figure: number;
  sex: number;
  level: number;
  exp: number;
  coin: number;
  gold: number;
  vipexp: number;
  energy: number;
  /** Unix seconds up to which the points of `energy` are counted. */
  energytime: number;
  hp: number;
  town: number;
  packageSize: number;
  guanqia: number;
  /** Counts the changes of its lists: items, pets, stages. */
  revision: number;
  /** Of its ledger. */
  entries: number;
}

export interface Item {
  id: number;
  accesstime: string | null;
  characterId: number;
  itemTemplateId: number;
  isBound: number;
  durability: number;
  identification: number;
  stack: number;
  strengthen: number;
  workout: number;
  slot_1: number;
  slot_2: number;
  slot_3: number;
  slot_4: number;
  exp: number;
}

export interface Pet {
  id: number;
  name: string;
  ownerID: number;
  templateID: number;
  level: number;
  exp: number;
  hp: number;
  StrGrowth: number;
  WisGrowth: number;
  VitGrowth: number;
  DexGrowth: number;
  showed: number;
  chuancheng: number;
  _chuancheng: number;
  energy: number;
}

export interface Stage {
  id: number;
  characterId: number;
  zhanyi: number;
  zhangjie: number;
  star: number;
}

/** Who stands at each place, -1: nobody. */
export type Formation = { characterId: number; matrixId: number } & Record<`eyes_${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`, number>;

type Slot = 'body' | 'trousers' | 'header' | 'bracer' | 'shoes' | 'belt' | 'necklace' | 'waist' | 'weapon' | 'cloak';
/** The item in each slot, -1: none. */
export type Equipment = { characterId: number } & Record<Slot, number>;

export interface Mail {
  id: number;
  title: string;
  sender: string;
  content: string;
  sendTime: string;
  /** -1: the game itself. */
  senderId: number;
  receiverId: number;
  /** 0: from the game, 1: from a player. */
  type: number;
  isReaded: number;
  isSaved: number;
  coinContains: number;
  goldContains: number;
  couponContains: number;
}

export interface Friend {
  friendId: number;
  makeTime: string;
  /** Whose friend it is. */
  characterId: number;
  playerId: number;
  friendType: number;
  isSheildedMail: number;
  goodwill: number;
  /** 1: hired for a fight. */
  guyong: number;
  clue: number;
}

/** A fight that somebody was hired for. */
export interface HireRecord {
  id: number;
  /** Who was hired. */
  characterId: number;
  /** Name of who hired. */
  chaname: string;
  zyname: string;
  zyid: number;
  battleresult: number;
  coinbound: number;
  huoli: number;
  reocrddate: string;
}

/** Pets that the wine shop offers to a character. */
export interface WineShop {
  characterId: number;
  /** Pet templates, 0: bought. */
  offer_1: number;
  offer_2: number;
  offer_3: number;
  /** Unix seconds at which they came. */
  since: number;
}

/** What training would make of a pet, if its owner keeps it. */
export interface TrainedGrowth {
  petId: number;
  /** Of the pet as it was trained: what it learnt is lost when it grows into another. */
  templateID: number;
  StrGrowth: number;
  WisGrowth: number;
  VitGrowth: number;
  DexGrowth: number;
}

/** Gold that was spent. */
export interface Bill {
  id: number;
  characterId: number;
  spendType: number;
  spendGold: number;
  /** 0: it was not spent on an item. */
  itemId: number;
  spendDetails: string;
  recordDate: string;
}

/** A character in the arena, under the character's id: `id` and `characterId` are the same. */
export interface Standing {
  id: number;
  characterId: number;
  score: number;
  ranking: number;
  /** Fights won in a row. */
  liansheng: number;
  lastresult: number;
  lasttime: string | null;
  /** Fights left, bought, and whether the reward was had (1) on `recorddate`. */
  surplustimes: number;
  buytimes: number;
  receive: number;
  recorddate: string | null;
}

/** Who has a rank of the arena. */
export interface Rank {
  ranking: number;
  characterId: number;
}

/** A fight of the arena: who challenged whom. */
export interface ArenaFight {
  id: number;
  tiaozhan: number;
  tiaozhanname: string;
  yingzhan: number;
  yingzhanname: string;
  /** 1: the challenger has won. */
  success: number;
  /** The challenger's new rank; 0: the old one. */
  rankingChange: number;
  recordtime: string;
}

/** Money that was paid, by the order of who took it. */
export interface Recharge {
  id: number;
  /** The account's id, as text. */
  uid: string;
  orderid: string;
  rtime: string;
  /** Money, in the smallest coin. */
  rbm: number;
  /** Gold for it. */
  zuan: number;
  serviceid: number;
  lyid: number;
  /** 1: paid. */
  boo: number;
}

/** A day in counts. Its id says which day: 20260131. */
export interface DayCount {
  id: number;
  recorddate: string;
  /** Most players at a time. */
  high: number;
  createrole: number;
  loginuser: number;
  onlineaverage: number;
  /** Minutes of all players. */
  onlinetotal: number;
  /** Minutes that were counted, and the last of them since 1970. */
  minutes: number;
  lastminute: number;
}

/** What an operator has changed. */
export interface AdminRecord {
  id: number;
  madeat: string;
  /** Where it was asked from. */
  address: string;
  username: string;
  characterId: number;
  operation: string;
  details: string;
  /** By which whoever asked names it; null when it has no name. */
  operationid: string | null;
}

/** A change of what is worth something. */
export interface LedgerLine {
  id: number;
  characterId: number;
  /** The character's trades, counted from 1; all that one transaction has changed is one entry. */
  entry: number;
  /** Of the entry, from 1. */
  line: number;
  at: string;
  what: 'coin' | 'gold' | 'item' | 'pet';
  /** Of an item or a pet, 0 for coins and gold. */
  template: number;
  /** Below zero: it was spent, used or lost. */
  amount: number;
  /** What is there by then: the balance, or how many of that template. */
  after: number;
  /** The system that made the change. */
  reason: string;
}

export const accounts = defineTable<Account>('tb_register', { pk: 'id', incrkey: 'id' });
export const characters = defineTable<Character>('tb_character', { pk: 'id', incrkey: 'id' });
export const items = defineTable<Item>('tb_item', { pk: 'id', fk: 'characterId', incrkey: 'id' });
export const pets = defineTable<Pet>('tb_pet', { pk: 'id', fk: 'ownerID', incrkey: 'id' });
export const stages = defineTable<Stage>('tb_zhanyi_record', { pk: 'id', fk: 'characterId', incrkey: 'id' });
export const formations = defineTable<Formation>('tb_character_matrix', { pk: 'characterId' });
export const equipment = defineTable<Equipment>('tb_equipment', { pk: 'characterId' });
export const mails = defineTable<Mail>('tb_mail', { pk: 'id', fk: 'receiverId', incrkey: 'id' });
export const friends = defineTable<Friend>('tb_friend', { pk: 'friendId', fk: 'characterId', incrkey: 'friendId' });
export const hireRecords = defineTable<HireRecord>('tb_guyong_record', { pk: 'id', fk: 'characterId', incrkey: 'id' });
export const wineShops = defineTable<WineShop>('tb_wine_shop', { pk: 'characterId' });
export const trainedGrowths = defineTable<TrainedGrowth>('tb_pet_trained', { pk: 'petId' });
export const bills = defineTable<Bill>('tb_bill', { pk: 'id', fk: 'characterId', incrkey: 'id' });
export const standings = defineTable<Standing>('tb_arena', { pk: 'id' });
export const ranks = defineTable<Rank>('tb_arena_ranking', { pk: 'ranking' });
export const arenaFights = defineTable<ArenaFight>('tb_arena_log', { pk: 'id', incrkey: 'id' });
export const recharges = defineTable<Recharge>('tb_recharge', { pk: 'id', incrkey: 'id' });
export const dayCounts = defineTable<DayCount>('tb_statistics', { pk: 'id' });
export const adminRecords = defineTable<AdminRecord>('tb_admin_record', { pk: 'id', fk: 'characterId', incrkey: 'id' });
export const ledger = defineTable<LedgerLine>('tb_ledger', { pk: 'id', incrkey: 'id' });
