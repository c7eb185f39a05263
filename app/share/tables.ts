/**
 * The tables whose rows the game handles one by one. Any node may read and change them; dbfront is the one that writes.
 *
 * A node that uses one manages it first, in its entry module: `onStart(() => accounts.insert())`.
 */
import { MAdmin } from 'firefly-ts';

export const accounts = new MAdmin('tb_register', 'id', { incrkey: 'id' });
export const characters = new MAdmin('tb_character', 'id', { incrkey: 'id' });
export const items = new MAdmin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
export const pets = new MAdmin('tb_pet', 'id', { fk: 'ownerID', incrkey: 'id' });
export const stages = new MAdmin('tb_zhanyi_record', 'id', { fk: 'characterId', incrkey: 'id' });
export const formations = new MAdmin('tb_character_matrix', 'characterId');
export const equipment = new MAdmin('tb_equipment', 'characterId');
