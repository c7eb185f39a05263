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
]);
