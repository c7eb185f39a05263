/**
 * Players leave a game node that is to be empty: each leaves it and is let in at another one, between two of its requests.
 *
 * Where no other node can take them, a node that is restarted keeps them (what they ask for waits until it is back), and one that goes for good is left when they log out.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, childOf, type Drain } from 'firefly-ts';
import type { GameApi } from '../../share/api';
import { CONNECTION_LOST } from '../../share/commands';
import { gameLog } from '../../share/game';
import { served } from '../accounts/keeping';
import { connectionsOn, exclusively, online, withAccount } from '../online';
import { choosableNodes, gateRoot } from '../root';
import { enterScene } from './enter';
import { gameNodes } from './rules';

const AT_ONCE = 50;
const AGAIN_MS = 200;

gateRoot().doChildDrain = ({ name }: Child, drain: Drain) => (gameNodes([name]).length > 0 ? moveAway(name, drain) : undefined);

async function moveAway(node: string, { forGood, signal, report }: Drain): Promise<void> {
  while (!signal.aborted) {
    const left = connectionsOn(node);
    const hasPlace = gameNodes(choosableNodes().now).length > 0;
    report(left.length, left.length === 0 || hasPlace ? undefined : 'no other game node is there to take its players');
    if (left.length === 0) return;
    if (hasPlace) await moveAll(left, node, drainStep(report, left.length));
    // Whoever could not be moved now is waited for only when the node does not come back.
    if (!forGood) {
      report(connectionsOn(node).length);
      return;
    }
    if (connectionsOn(node).length > 0) await delay(AGAIN_MS);
  }
}

function drainStep(report: Drain['report'], left: number): () => void {
  let remaining = left;
  return () => report(--remaining);
}

async function moveAll(dynamicIds: readonly number[], from: string, moved: () => void): Promise<void> {
  for (let at = 0; at < dynamicIds.length; at += AT_ONCE) {
    const moves = dynamicIds
      .slice(at, at + AT_ONCE)
      .map(async (dynamicId) => exclusively(dynamicId, () => move(dynamicId, from).then(moved)));
    for (const result of await Promise.allSettled(moves)) {
      if (result.status === 'rejected')
        gameLog()?.warn({ gameNode: from, error: String(result.reason) }, 'a player could not be moved now');
    }
  }
}

/** What the player asked for before is answered first: the node takes a connection's commands one after the other. */
async function move(dynamicId: number, from: string): Promise<void> {
  const userId = online(dynamicId)?.userId;
  if (userId === undefined) return;
  await withAccount(userId, async () => {
    const who = served(dynamicId);
    if (who?.node !== from) return;
    await childOf<GameApi>(from).call(CONNECTION_LOST, dynamicId);
    await enterScene(dynamicId, who.characterId);
  });
}
