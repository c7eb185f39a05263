/** What the admin node asks of this gate: how many play, and that who is banned plays no longer. */
import { rootserviceHandle } from 'firefly-ts';
import { endBanned } from './accounts/ending';
import { connectionOf, playersByNode, withAccount } from './online';

rootserviceHandle('onlineCount', () => [...playersByNode().values()].reduce((sum, players) => sum + players, 0));

rootserviceHandle('endBanned', (userId: number) =>
  withAccount(userId, async () => {
    const dynamicId = connectionOf(userId);
    if (dynamicId === undefined) return false;
    await endBanned(dynamicId, userId);
    return true;
  }),
);
