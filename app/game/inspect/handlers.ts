/** Command 221: looking at a player, or at one's own pet. */
import { type Transaction, transaction } from 'firefly-ts';
import { INSPECT } from '../../share/commands';
import { type Reply, success } from '../../share/reply';
import { playerCommand } from '../channel';
import { heroOf } from '../character/hero';
import { wholePet } from '../pets/petrow';
import { petEntry } from '../pets/replies';
import { petOf } from '../pets/rows';
import { inspectedPlayer } from './replies';

/** What clients call `type`; all else is a pet. */
const SELF = 1;
const OTHER = 2;

playerCommand(INSPECT, ({ characterId }, request) => {
  const type = request.integer('type');
  const id = type === SELF ? characterId : request.integer('tid');
  return transaction((t) => (type === SELF || type === OTHER ? inspectPlayer(t, id) : inspectPet(t, characterId, id)));
});

async function inspectPlayer(t: Transaction, id: number): Promise<Reply> {
  return inspectedPlayer(await heroOf(t, id));
}

async function inspectPet(t: Transaction, ownerId: number, id: number): Promise<Reply> {
  return success(petEntry(wholePet(await petOf(t, ownerId, id))));
}
