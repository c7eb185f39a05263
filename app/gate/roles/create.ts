/** Creating a role: one for each user, under a name that nobody else has. */
import { RowRefused, transaction } from 'firefly-ts';
import { text } from '../../share/game';
import { Refused } from '../../share/refused';
import { type Reply, success } from '../../share/reply';
import type { ClientRequest } from '../../share/request';
import { accounts, characters } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { served } from '../accounts/keeping';
import { withAccount } from '../online';
import { readProfession, readRoleName } from './rules';

/** @throws Refused with the reason for the client */
export async function createRole(dynamicId: number, request: ClientRequest): Promise<Reply> {
  const user = served(dynamicId);
  if (!user) throw new Refused('conn_error');
  const profession = readProfession(request.raw('profession'));
  const nickname = readRoleName(request.raw('rolename'));

  return withAccount(user.userId, async () => {
    if (!served(dynamicId)) throw new Refused('conn_error');
    const characterId = await newCharacter(user.userId, nickname, profession);
    return success({ userId: user.userId, newCharacterId: characterId }, text('roleCreated'));
  });
}

/** The character and the account that owns it, together or not at all. The table's unique index decides who has a name, also between two gates. */
async function newCharacter(userId: number, nickname: string, profession: number): Promise<number> {
  try {
    return await transaction(async (t) => {
      const account = await t.get(accounts, userId);
      if (!account) throw new Refused('conn_error');
      if (account.characterId > 0) throw new Refused('yijingchuangjian');
      const characterId = Number(await t.insert(characters, { nickname, profession, sex: 1, createtime: sqlTime(Date.now()) }));
      await t.update(accounts, userId, { characterId });
      return characterId;
    });
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    throw new Refused(error.field === 'nickname' ? 'yhm_yicunzai' : 'roleNotCreated');
  }
}
