/** The end of a client's connection: its player leaves the game, its user is logged out. */
import { rootserviceHandle, sessions } from 'firefly-ts';
import { letAccountGo } from './accounts/lease';
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
  const { node } = data as Online;
  if (!known && node) await exclusively(dynamicId, () => takeOut(node, dynamicId));
});

/** This gate is drained and the connection goes on with another one, which takes the account. Its player stays where it is. */
sessions().onMoved((dynamicId, data) => {
  const { userId } = data as Online;
  return exclusively(dynamicId, () => withAccount(userId, () => letAccountGo(userId)));
});

/** Waits for what the connection still has under way here. */
async function leave(dynamicId: number): Promise<void> {
  await exclusively(dynamicId, async () => {
    const who = online(dynamicId);
    if (who) await withAccount(who.userId, () => logOut(dynamicId));
  });
}
