/**
 * How gate reaches this node: commands by number, each connection's one after the other.
 *
 * A new command of the game is `playerCommand(number, handler)` in a module that `gameserver.ts` loads, and its number in `FORWARDED`.
 */
import { CommandService, remoteserviceHandle, roots } from 'firefly-ts';
import { answering } from '../share/answering';
import { NOT_HERE } from '../share/api';
import { Refused } from '../share/refused';
import type { Reply } from '../share/reply';
import { ClientRequest } from '../share/request';
import { type Player, playerOf } from './players/players';

/** One for all gates: a connection's commands keep their order, whichever gate they come from. */
const channel = new CommandService('game', { serial: true });
for (const gate of roots()) gate.addServiceChannel(channel);

/** Registers a function that gates call; its name ends in its number. */
export const gateHandle = remoteserviceHandle('*');

/**
 * Registers what a client's command does. The player is the one of the connection; a request that says it is another's is refused.
 *
 * A player that this node does not hold (it was restarted) is `NOT_HERE`: gate brings the player in and asks again, which a bare `remoteserviceHandle` would miss.
 */
export function playerCommand(command: number, handler: (player: Player, request: ClientRequest) => Reply | Promise<Reply>): void {
  gateHandle(command, (dynamicId: number, data: Buffer) => {
    const player = playerOf(dynamicId);
    return player ? answering(command, () => handler(player, requestOf(player, data))) : NOT_HERE;
  });
}

/** @throws Refused when the request names somebody else's character */
function requestOf({ characterId }: Player, data: Buffer): ClientRequest {
  const request = new ClientRequest(data);
  const named = request.raw('characterId');
  if (named !== undefined && named !== characterId) throw new Refused('badField', 'characterId');
  return request;
}
