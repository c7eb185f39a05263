/** What gate tells this node about its clients: who enters, who is gone. Clients cannot send these numbers. */
import { transaction } from 'firefly-ts';
import { text } from '../../share/game';
import { failure, type Reply } from '../../share/reply';
import { characters } from '../../share/tables';
import { gateHandle } from '../channel';
import { enteredReply } from '../character/replies';
import { makeStart } from '../character/start';
import { statusOf } from '../character/status';
import { enter, leave, playerOf, playerOfRole, players } from './players';

gateHandle(async function enterScene_601(dynamicId: number, characterId: number, gate: string): Promise<Reply> {
  const status = await transaction(async (t) => {
    if (!(await t.get(characters, characterId))) return undefined;
    await makeStart(t, characterId);
    return statusOf(t, characterId);
  });
  if (!status) return failure(text('norole'));
  const { nickname: name, profession } = status.row;
  enter({ characterId, dynamicId, gate, name, profession });
  return enteredReply(status, Date.now());
});

gateHandle(async function connectionLost_2(dynamicId: number): Promise<boolean> {
  const player = playerOf(dynamicId);
  if (player) await leave(player);
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
