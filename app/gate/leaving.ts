/** The end of a client's connection: its player is saved and dropped, its user logged out. */
import { rootserviceHandle, sessions } from 'firefly-ts';
import { exclusively, type Online, online, withAccount } from './online';
import { logOut, takeOut } from './scenes/enter';

/** Net says so for every connection, also for one that was logging in when it ended. */
rootserviceHandle(async function netconnlost(dynamicId: number): Promise<void> {
  await leave(dynamicId);
});

/** The framework says so for connections that ended while gate was away, and for those of a net node that died. */
sessions().onLost(async (dynamicId, data) => {
  const known = online(dynamicId);
  await leave(dynamicId);
  const { node, characterId } = data as Online;
  if (!known && node) await exclusively(dynamicId, () => takeOut(node, dynamicId, characterId));
});

/** Waits for what the connection still has under way here. */
async function leave(dynamicId: number): Promise<void> {
  await exclusively(dynamicId, async () => {
    const who = online(dynamicId);
    if (who) await withAccount(who.userId, () => logOut(dynamicId));
  });
}
