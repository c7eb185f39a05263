/**
 * Who is on which connection, and where they play.
 *
 * Kept in the framework's sessions, which net holds beside each connection and hands back to a gate that was restarted; so nothing here is a copy.
 * Binding and unbinding an account happens one at a time, inside `withAccount`.
 */
import { SessionQueue, sessions, state } from 'firefly-ts';

export interface Online {
  readonly userId: number;
  readonly username: string;
  /** The role that is in the game; 0 before 103. */
  readonly characterId: number;
  /** The game node that holds the role; empty before 103. */
  readonly node: string;
}

/** Where a user is who has not entered the game. */
export const OUTSIDE = { characterId: 0, node: '' } as const;

/** Messages of one connection, and work on one account, that wait for each other. */
const queues = state('gate.queues', () => ({
  connections: new SessionQueue('gate: connection'),
  accounts: new SessionQueue('gate: account'),
}));

/** Holds back what the connection sends next until `work` settles. */
export function exclusively(dynamicId: number, work: () => unknown): unknown {
  return queues.connections.exclusive(dynamicId, work);
}

/** Runs `work` behind earlier exclusive work of the connection, and holds nothing back. */
export function inOrder(dynamicId: number, work: () => unknown): unknown {
  return queues.connections.inOrder(dynamicId, work);
}

/** Whether exclusive work of the connection is under way, behind which others wait. */
export function isBusy(dynamicId: number): boolean {
  return queues.connections.isBusy(dynamicId);
}

/** Runs `work` while no other work on this account is under way. Never nested: two accounts would wait for each other. */
export async function withAccount<Result>(userId: number, work: () => Promise<Result>): Promise<Result> {
  return (await queues.accounts.exclusive(userId, work)) as Result;
}

export function online(dynamicId: number): Online | undefined {
  return sessions().get(dynamicId)?.data as Online | undefined;
}

export function setOnline(dynamicId: number, who: Online): void {
  sessions().set(dynamicId, who);
}

export function setOffline(dynamicId: number): void {
  sessions().set(dynamicId, null);
}

/** The connection on which an account is logged in. A walk over all sessions: for logins, which cost far more elsewhere. */
export function connectionOf(userId: number): number | undefined {
  return connectionWhere((who) => who.userId === userId);
}

/** Every connection that somebody is logged in on, and their account. */
export function onlineAccounts(): [dynamicId: number, userId: number][] {
  return Array.from(sessions().entries(), ([dynamicId, { data }]) => [dynamicId, (data as Online).userId]);
}

/** Every connection whose role a game node holds. */
export function connectionsOn(node: string): number[] {
  return Array.from(sessions().entries()).flatMap(([dynamicId, { data }]) => ((data as Online).node === node ? [dynamicId] : []));
}

/** How many players each game node has. */
export function playersByNode(): Map<string, number> {
  const players = new Map<string, number>();
  for (const [, { data }] of sessions().entries()) {
    const { node } = data as Online;
    if (node) players.set(node, (players.get(node) ?? 0) + 1);
  }
  return players;
}

function connectionWhere(fits: (who: Online) => boolean): number | undefined {
  for (const [dynamicId, { data }] of sessions().entries()) if (fits(data as Online)) return dynamicId;
  return undefined;
}
