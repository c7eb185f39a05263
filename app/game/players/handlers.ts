/** What gate tells this node about its clients: who enters, who is gone. Clients cannot send these numbers. */

import { text } from '../../share/game';
import { failure, type Reply } from '../../share/reply';
import { gateHandle } from '../channel';
import { enteredReply } from '../character/replies';
import { enter, leave, playerOf, playerOfRole, players } from './players';

gateHandle(async function enterScene_601(dynamicId: number, characterId: number, gate: string): Promise<Reply> {
  const player = await enter(dynamicId, characterId, gate);
  return player ? enteredReply(player, Date.now()) : failure(text('norole'));
});

gateHandle(async function connectionLost_2(dynamicId: number, save: boolean): Promise<boolean> {
  const player = playerOf(dynamicId);
  if (player) await leave(player, save);
  return player !== undefined;
});

gateHandle(async function leaveCharacter_4(characterId: number): Promise<boolean> {
  const player = playerOfRole(characterId);
  if (player) await leave(player);
  return player !== undefined;
});

gateHandle(function heldPlayers_3(gate: string, serves: readonly number[] = []): [dynamicId: number, characterId: number][] {
  for (const dynamicId of serves) {
    const player = playerOf(dynamicId);
    if (player) player.gate = gate;
  }
  return Array.from(players()).flatMap((player) => (player.gate === gate ? [[player.dynamicId, player.characterId]] : []));
});
