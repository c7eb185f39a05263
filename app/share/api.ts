/** What the nodes of the game call on each other. Types only. */
import type { CONNECTION_LOST, ENTER_SCENE, HELD_PLAYERS, LEAVE_CHARACTER } from './commands';
import type { Reply } from './reply';

/** What net asks of gate. */
export interface GateApi {
  /** A client's request; settles with the answer to send back. */
  forwarding(command: number, dynamicId: number, data: Buffer): string | Buffer | Promise<string | Buffer>;
  /** A client's connection is gone. */
  netconnlost(dynamicId: number): Promise<void>;
}

/** What the admin node asks of each gate. */
export interface GateAdminApi {
  /** How many players this gate has in the game. */
  onlineCount(): number;
  /** Ends the session of an account that is banned. False when this gate has none. */
  endBanned(userId: number): Promise<boolean>;
}

/** What gate asks of a game node, beside passing on its clients' commands. */
export interface GameApi {
  /** Lets a player in; settles with the answer to 103. `gate` is the one that asks. */
  [ENTER_SCENE](dynamicId: number, characterId: number, gate: string): Promise<Reply>;
  /** Drops the player of a connection. False when it holds none. */
  [CONNECTION_LOST](dynamicId: number): Promise<boolean>;
  /** Drops the player of a role: it is about to play on another node. False when it holds none. */
  [LEAVE_CHARACTER](characterId: number): Promise<boolean>;
  /** The players in memory that this gate let in, as pairs of dynamicId and characterId. */
  [HELD_PLAYERS](gate: string): [dynamicId: number, characterId: number][];
}

/** A game node's answer to a command of a connection whose player it does not hold: gate brings the player in and asks again. */
export const NOT_HERE = false;
