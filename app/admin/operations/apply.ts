/** An operator changes a character: one transaction with the record of who did what. The player may be in the game meanwhile; rows are the truth. */
import { type Transaction, transaction } from 'firefly-ts';
import { gainGold } from '../../game/character/gold';
import { changeCoins, changeEnergy, gainExp } from '../../game/character/rows';
import { gameData } from '../../game/data';
import { giveItems } from '../../game/package/rows';
import { givePet } from '../../game/pets/rows';
import { Refused } from '../../share/refused';
import { accounts, adminRecords, characters } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { detailsOf, type Operation } from './rules';

/** For the ledger. */
const OPERATOR = 'operator';

export interface Target {
  readonly userId: number;
  readonly username: string;
  readonly characterId: number;
}

export interface Asked {
  /** Where it is asked from. */
  readonly address: string;
  /** Names the operation; one of that name is made once. */
  readonly id: string | undefined;
}

/** @throws Refused, and then nothing has happened */
export function applyOperation(target: Target, operation: Operation, { address, id }: Asked): Promise<void> {
  const { username, characterId } = target;
  return transaction(async (t) => {
    await change(t, target, operation);
    const record = { madeat: sqlTime(Date.now()), address, username, characterId, operationid: id ?? null };
    await t.insert(adminRecords, { ...record, operation: operation.name, details: detailsOf(operation) });
  });
}

async function change(t: Transaction, { userId, characterId }: Target, operation: Operation): Promise<void> {
  switch (operation.name) {
    case 'addCoins':
      return changeCoins(t, characterId, operation.amount, OPERATOR);
    case 'addGold':
      return gainGold(t, characterId, operation.amount, OPERATOR);
    case 'addExp':
      await gainExp(t, characterId, operation.amount);
      return;
    case 'addEnergy':
      return changeEnergy(t, characterId, operation.amount, Date.now());
    case 'setLevel':
      return t.update(characters, characterId, { level: operation.level, exp: 0 });
    case 'addItem':
      return giveItems(t, characterId, known(gameData().items, operation.template, 'itemMissing'), operation.count, OPERATOR);
    case 'addPet':
      await givePet(t, characterId, known(gameData().pets, operation.template, 'petMissing'), OPERATOR);
      return;
    case 'ban':
      return t.update(accounts, userId, { enable: 0 });
    case 'unban':
      return t.update(accounts, userId, { enable: 1 });
  }
}

function known<T>(table: ReadonlyMap<number, T>, id: number, missing: 'itemMissing' | 'petMissing'): T {
  const template = table.get(id);
  if (!template) throw new Refused(missing, String(id));
  return template;
}
