/** Creating a role: one for each user, under a name that nobody else has. */
import { RowRefused } from 'firefly-ts';
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
    const account = served(dynamicId) && (await accounts.getObj(user.userId));
    if (!account) throw new Refused('conn_error');
    if (Number(account.data.characterId) > 0) throw new Refused('yijingchuangjian');
    const characterId = await newCharacter(nickname, profession);
    try {
      await account.update('characterId', characterId);
    } catch (error) {
      // The name must not stay taken by a role that nobody owns.
      await characters.deleteMode(characterId);
      throw error;
    }
    return success({ userId: user.userId, newCharacterId: characterId }, text('roleCreated'));
  });
}

/** The table's unique index decides who has a name, also between two gates. */
async function newCharacter(nickname: string, profession: number): Promise<number> {
  try {
    const character = await characters.new({ nickname, profession, sex: 1, createtime: sqlTime(Date.now()) });
    return Number(character.pk);
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    throw new Refused(error.field === 'nickname' ? 'yhm_yicunzai' : 'roleNotCreated');
  }
}
