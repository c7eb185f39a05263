/** The end of a session that its client did not ask for: the player leaves the game, the client is told, and closed. */
import { childOf, sessions } from 'firefly-ts';
import type { GameApi } from '../../share/api';
import { CONNECTION_LOST, LOGGED_IN_ELSEWHERE } from '../../share/commands';
import { gameLog, text } from '../../share/game';
import type { TextKey } from '../../share/refused';
import { encodeReply } from '../../share/reply';
import { online } from '../online';
import { leaveScene } from '../scenes/enter';
import { letAccountGo } from './lease';

/** For an account that logs in elsewhere: its player has left before the new connection can enter. */
export async function endOther(dynamicId: number): Promise<void> {
  await leaveScene(dynamicId);
  tellAndClose(dynamicId, 'loggedInElsewhere');
}

/** For an account that this gate holds no more: its client is told and closed, then the player leaves, if no other gate has seen to that. */
export async function endLost(dynamicId: number): Promise<void> {
  const who = online(dynamicId);
  if (!who) return;
  tellAndClose(dynamicId, 'sessionLost');
  try {
    if (who.node) await childOf<GameApi>(who.node).call(CONNECTION_LOST, dynamicId);
  } catch (error) {
    gameLog()?.warn({ gameNode: who.node, characterId: who.characterId, error }, 'a player could not be taken out of a game node now');
  }
}

/** For an account that is banned. Callers hold the account (`withAccount`). */
export async function endBanned(dynamicId: number, userId: number): Promise<void> {
  await leaveScene(dynamicId);
  tellAndClose(dynamicId, 'banned');
  await letAccountGo(userId);
}

function tellAndClose(dynamicId: number, why: TextKey): void {
  const message = encodeReply({ result: true, message: text(why) });
  sessions().end(dynamicId, { reason: text(why), push: { topic: LOGGED_IN_ELSEWHERE, message } });
}
