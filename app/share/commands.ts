/**
 * Every command number of the game, and which of them a client may send.
 *
 * A client reaches what gate answers itself, and what is in `FORWARDED`. `CONNECTION_LOST` and its like are for the gate alone.
 */

/** Answered by gate itself. */
export const LOGIN = 101;
export const CREATE_ROLE = 102;
export const ENTER = 103;

/** Answered by the game node that holds the player. */
export const STATUS = 105;

/** Equipment and package. */
export const EQUIPMENT = 203;
export const PACKAGE = 204;
export const USE_ITEM = 210;
export const ITEM_DETAILS = 211;
export const FEED_ITEM = 212;
export const TAKE_OFF = 215;

/** Compounding. */
export const FRAGMENT_TARGET = 205;
export const FRAGMENT_LIST = 2109;
export const COMPOUND_NEEDS = 2115;
export const COMPOUND = 2116;

/** Pets, and the formation that they stand in. */
export const PET_LIST = 2300;
export const FORMATION = 2306;
export const CHANGE_FORMATION = 2307;
export const SWALLOW_PET = 3505;

/** Arena and campaign. */
export const ARENA = 3700;
export const ARENA_FIGHT = 3704;
export const CAMPAIGN = 4500;
export const CAMPAIGN_FIGHT = 4501;

/** Other players. */
export const INSPECT = 221;
export const RANKING = 302;
export const MAIL_LIST = 501;
export const SEND_MAIL = 502;
export const READ_MAIL = 505;
export const HIRE = 2301;
export const HIRE_RECORDS = 2309;

/** Of our own: clients of older servers do not send these. */
export const FRIEND_LIST = 303;
export const ADD_FRIEND = 304;
export const DELETE_FRIEND = 305;
export const DELETE_MAIL = 503;
export const SAVE_MAIL = 504;
export const WINE_SHOP = 2320;
export const BUY_PET = 2321;
export const REFRESH_SHOP = 2322;
export const TRAIN_PET = 2330;
export const KEEP_TRAINING = 2331;
export const FEED_PET = 3506;
export const ARENA_REWARD = 3705;
export const ARENA_LOG = 3706;
export const BUY_ARENA_FIGHT = 3707;

/** What gate tells a game node. */
export const CONNECTION_LOST = 2;
export const HELD_PLAYERS = 3;
export const LEAVE_CHARACTER = 4;
export const ENTER_SCENE = 601;

/** Pushed to a client whose session ends: its account logs in on another connection, or this gate has lost it. */
export const LOGGED_IN_ELSEWHERE = 905;

/** Pushed to every client of a net node that stops or restarts, before its connection is closed: connect and log in again. */
export const SERVER_LEAVES = 906;

/** What gate passes on to game nodes. A new command of the game is one number more here, and its handler (`playerCommand`). */
export const FORWARDED: ReadonlySet<number> = new Set([
  STATUS,
  EQUIPMENT,
  PACKAGE,
  USE_ITEM,
  ITEM_DETAILS,
  FEED_ITEM,
  TAKE_OFF,
  FRAGMENT_TARGET,
  FRAGMENT_LIST,
  COMPOUND_NEEDS,
  COMPOUND,
  PET_LIST,
  FORMATION,
  CHANGE_FORMATION,
  SWALLOW_PET,
  ARENA,
  ARENA_FIGHT,
  CAMPAIGN,
  CAMPAIGN_FIGHT,
  INSPECT,
  RANKING,
  MAIL_LIST,
  SEND_MAIL,
  READ_MAIL,
  HIRE,
  HIRE_RECORDS,
  FRIEND_LIST,
  ADD_FRIEND,
  DELETE_FRIEND,
  DELETE_MAIL,
  SAVE_MAIL,
  WINE_SHOP,
  BUY_PET,
  REFRESH_SHOP,
  TRAIN_PET,
  KEEP_TRAINING,
  FEED_PET,
  ARENA_REWARD,
  ARENA_LOG,
  BUY_ARENA_FIGHT,
]);
