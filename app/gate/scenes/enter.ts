/** Bringing a role into the game and out of it: one call to a game node each. Callers hold the account (`withAccount`). */
import { childOf } from 'firefly-ts';
import type { GameApi } from '../../share/api';
import { CONNECTION_LOST, ENTER_SCENE, LEAVE_CHARACTER } from '../../share/commands';
import { gameLog } from '../../share/game';
import { Refused } from '../../share/refused';
import type { Reply } from '../../share/reply';
import { holdsAccount, letAccountGo } from '../accounts/lease';
import { OUTSIDE, online, playersByNode, setOffline, setOnline } from '../online';
import { choosableNodes, gateRoot, reachableNodes } from '../root';
import { chooseNode, gameNodes } from './rules';

/**
 * Lets a game node take the role's player in.
 *
 * The connection counts for that node at once, so that many who enter together are spread.
 *
 * @param preferred taken when it may be chosen
 * @returns the answer to 103
 * @throws Refused when there is no game node; what the call throws. Then the connection is where it was before
 */
export async function enterScene(dynamicId: number, characterId: number, preferred = ''): Promise<Reply> {
  const before = online(dynamicId);
  if (!before) throw new Refused('conn_error');
  const { now, soon } = choosableNodes();
  const players = playersByNode();
  const node = now.includes(preferred) ? preferred : (chooseNode(now, players) ?? chooseNode(soon, players));
  if (node === undefined) throw new Refused('noGameNode');
  setOnline(dynamicId, { ...before, characterId, node });
  try {
    await leaveOthers(characterId, gameNodes(reachableNodes()), node);
    if (!holdsAccount(before.userId)) throw new Refused('unavailable');
    const reply = await childOf<GameApi>(node).call(ENTER_SCENE, dynamicId, characterId, gateRoot().name);
    if (!reply.result) setOnline(dynamicId, { ...before, ...OUTSIDE });
    return reply;
  } catch (error) {
    setOnline(dynamicId, before);
    throw error;
  }
}

/** Takes the player of a connection out of the game, if it has one. A node that cannot be reached is logged: `sweep` drops the player when it is back. */
export async function leaveScene(dynamicId: number): Promise<void> {
  const who = online(dynamicId);
  if (!who?.node) return;
  try {
    await childOf<GameApi>(who.node).call(CONNECTION_LOST, dynamicId);
  } catch (error) {
    gameLog()?.warn({ gameNode: who.node, characterId: who.characterId, error }, 'a player could not be taken out of a game node now');
  }
  setOnline(dynamicId, { ...who, ...OUTSIDE });
}

/** Another gate may have left the role on another node, when it died or was cut off. A role is held by one node, so that what is pushed to it and asked about it has one address. */
async function leaveOthers(characterId: number, nodes: readonly string[], except: string): Promise<void> {
  const leaving = nodes.flatMap((node) => (node === except ? [] : [childOf<GameApi>(node).call(LEAVE_CHARACTER, characterId)]));
  for (const result of await Promise.allSettled(leaving)) {
    if (result.status === 'rejected')
      gameLog()?.warn({ characterId, error: result.reason }, 'a game node did not say whether it holds a role');
  }
}

/** Logs the user of a connection out: out of the game, off the connection, and free to log in at any gate. */
export async function logOut(dynamicId: number): Promise<void> {
  const who = online(dynamicId);
  await leaveScene(dynamicId);
  setOffline(dynamicId);
  if (who) await letAccountGo(who.userId);
}

/** Drops a player that no session of gate belongs to. */
export async function takeOut(node: string, dynamicId: number): Promise<void> {
  await childOf<GameApi>(node).call(CONNECTION_LOST, dynamicId);
}
