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

export const INSPECT = 221;
export const RANKING = 302;
/** Of our own. */
export const FRIEND_LIST = 303;
export const ADD_FRIEND = 304;
export const DELETE_FRIEND = 305;
export const MAIL_LIST = 501;
export const SEND_MAIL = 502;
export const READ_MAIL = 505;
/** Of our own. */
export const DELETE_MAIL = 503;
export const SAVE_MAIL = 504;

export const HIRE = 2301;
export const HIRE_RECORDS = 2309;
/** Of our own. */
export const WINE_SHOP = 2320;
export const BUY_PET = 2321;
export const REFRESH_SHOP = 2322;
export const TRAIN_PET = 2330;
export const KEEP_TRAINING = 2331;

export const PET_LIST = 2300;
export const FORMATION = 2306;
export const CHANGE_FORMATION = 2307;
export const SWALLOW_PET = 3505;
export const ARENA = 3700;
export const ARENA_FIGHT = 3704;
export const CAMPAIGN = 4500;
export const CAMPAIGN_FIGHT = 4501;
/** Of our own. */
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
  INSPECT,
  RANKING,
  FRIEND_LIST,
  ADD_FRIEND,
  DELETE_FRIEND,
  MAIL_LIST,
  SEND_MAIL,
  READ_MAIL,
  DELETE_MAIL,
  SAVE_MAIL,
  HIRE,
  HIRE_RECORDS,
  WINE_SHOP,
  BUY_PET,
  REFRESH_SHOP,
  TRAIN_PET,
  KEEP_TRAINING,
  PET_LIST,
  FORMATION,
  CHANGE_FORMATION,
  SWALLOW_PET,
  FEED_PET,
  ARENA,
  ARENA_FIGHT,
  ARENA_REWARD,
  ARENA_LOG,
  BUY_ARENA_FIGHT,
  CAMPAIGN,
  CAMPAIGN_FIGHT,
]);
