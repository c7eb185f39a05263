/**
 * Players whose connection nobody knows any more: clients that left while gate was down, or a game node that was cut off while its players went on elsewhere.
 *
 * Each gate looks for those that are its own, and says which those are: a connection may have come from a gate that was drained. A player found without one twice in a row is taken
 * out; a request of a client that was only late brings it in again.
 */
import { childOf, every, state } from 'firefly-ts';
import type { GameApi } from '../../share/api';
import { HELD_PLAYERS } from '../../share/commands';
import { gameLog } from '../../share/game';
import { connectionsOn, exclusively, online } from '../online';
import { gateRoot, reachableNodes } from '../root';
import { takeOut } from './enter';
import { gameNodes } from './rules';

const INTERVAL_MS = 30_000;

/** What the last sweep found, as `node/dynamicId`. */
const seen = state('gate.sweep', () => ({ strays: new Set<string>() }));

every(INTERVAL_MS, sweep);

export async function sweep(): Promise<void> {
  const strays = new Set<string>();
  for (const node of gameNodes(reachableNodes())) {
    try {
      for (const [dynamicId, characterId] of await childOf<GameApi>(node).call(HELD_PLAYERS, gateRoot().name, connectionsOn(node))) {
        if (online(dynamicId)?.node === node) continue;
        const stray = `${node}/${dynamicId}`;
        if (!seen.strays.has(stray)) {
          strays.add(stray);
          continue;
        }
        await exclusively(dynamicId, async () => {
          if (online(dynamicId)?.node !== node) await takeOut(node, dynamicId);
        });
        gameLog()?.info({ gameNode: node, dynamicId, characterId }, 'took out a player without a connection');
      }
    } catch (error) {
      gameLog()?.warn({ gameNode: node, error }, 'could not look for players without a connection');
    }
  }
  seen.strays = strays;
}
