/**
 * The way of a client's request: gate's own commands here, those of the list to the game node that holds the player, nothing else anywhere.
 *
 * Requests of a connection leave in the order in which they came. Only a command that gate answers itself, and the end of the connection, hold back what follows.
 */
import { GlobalObject, PeerDown, rootserviceHandle, state } from 'firefly-ts';
import { refusalOf } from '../share/answering';
import { NOT_HERE } from '../share/api';
import { FORWARDED } from '../share/commands';
import { Refused } from '../share/refused';
import { keepAccount, served } from './accounts/keeping';
import { exclusively, online, withAccount } from './online';
import { gateRoot, whenBack } from './root';
import { enterScene } from './scenes/enter';
import { comesLate, inTurn } from './turns';

type Answer = string | Buffer;

rootserviceHandle(async function forwarding(command: number, dynamicId: number, data: Buffer): Promise<Answer> {
  try {
    keepAccount(dynamicId);
    const { localservice } = GlobalObject();
    if (localservice.getTarget(command)) {
      return (await exclusively(dynamicId, () => localservice.callTarget(command, dynamicId, data))) as Answer;
    }
    if (!FORWARDED.has(command)) throw new Refused('unknownCommand');
    return await inTurn(dynamicId, () => toGameNode(command, dynamicId, data));
  } catch (error) {
    return refusalOf(error, command);
  }
});

/** Passes a command on. A player that its game node does not hold any more, since it was restarted or is gone, is brought in first. */
async function toGameNode(command: number, dynamicId: number, data: Buffer): Promise<Answer> {
  const answer = await send(command, dynamicId, data);
  return answer === NOT_HERE ? afterReentry(dynamicId, () => sendAgain(command, dynamicId, data)) : answer;
}

async function send(command: number, dynamicId: number, data: Buffer): Promise<Answer | typeof NOT_HERE> {
  const node = served(dynamicId)?.node;
  if (!node) throw new Refused('notEntered');
  try {
    return (await gateRoot().callChild(node, command, dynamicId, data)) as Answer | typeof NOT_HERE;
  } catch (error) {
    if (error instanceof PeerDown && !error.maybeExecuted) return NOT_HERE;
    throw error;
  }
}

async function sendAgain(command: number, dynamicId: number, data: Buffer): Promise<Answer> {
  const answer = await send(command, dynamicId, data);
  if (answer === NOT_HERE) throw new Refused('unavailable');
  return answer;
}

/**
 * Requests that wait until their player is in the game again, in their order, by connection.
 *
 * Callbacks and not one promise for all: each must have left before `exclusively` lets later requests of the connection go.
 */
const reentering = state('gate.reentering', () => new Map<number, ((failed: unknown) => void)[]>());

/** One re-entry for all requests of a connection that found no player; what comes later waits behind them. */
function afterReentry(dynamicId: number, resend: () => Promise<Answer>): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    const go = (failed: unknown) => (failed === undefined ? resend().then(resolve, reject) : reject(failed));
    const waiting = reentering.get(dynamicId);
    if (waiting) {
      waiting.push(go);
      return;
    }
    const all = [go];
    reentering.set(dynamicId, all);
    const settle = (failed: unknown) => {
      reentering.delete(dynamicId);
      for (const next of all) next(failed);
    };
    try {
      exclusively(dynamicId, () => reenter(dynamicId).then(settle, settle));
    } catch (error) {
      settle(error);
    }
  });
  comesLate(dynamicId, answer);
  return answer;
}

async function reenter(dynamicId: number): Promise<undefined> {
  const userId = online(dynamicId)?.userId;
  if (userId === undefined) throw new Refused('notEntered');
  return withAccount(userId, async () => {
    const who = served(dynamicId);
    if (!who?.node) throw new Refused('notEntered');
    // A node that died is back in a moment most times, and keeps its players: they stay as evenly spread as they were.
    await whenBack(who.node);
    const reply = await enterScene(dynamicId, who.characterId, who.node);
    if (!reply.result) throw new Refused('notEntered');
    return undefined;
  });
}
