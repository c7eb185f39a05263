/** Command 103: enter the game with one's role. */
import { localserviceHandle } from 'firefly-ts';
import { answering } from '../../share/answering';
import { ENTER } from '../../share/commands';
import { Refused } from '../../share/refused';
import type { Reply } from '../../share/reply';
import { ClientRequest } from '../../share/request';
import { accounts } from '../../share/tables';
import { served } from '../accounts/keeping';
import { withAccount } from '../online';
import { enterScene, leaveScene } from './enter';

localserviceHandle(function enterGame_103(dynamicId: number, data: Buffer) {
  return answering(ENTER, async () => enter(dynamicId, new ClientRequest(data).integer('characterId')));
});

async function enter(dynamicId: number, characterId: number): Promise<Reply> {
  const user = served(dynamicId);
  if (!user) throw new Refused('conn_error');
  return withAccount(user.userId, async () => {
    const row = served(dynamicId) && (await accounts.getObjData(user.userId));
    if (!row) throw new Refused('conn_error');
    if (Number(row.characterId) !== characterId || characterId === 0) throw new Refused('norole');
    await leaveScene(dynamicId);
    return enterScene(dynamicId, characterId);
  });
}
