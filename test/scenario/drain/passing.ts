/** A net node that passes every command on to gate, and tells a client by its name what failed. */
export const NET = `
import { GlobalObject, netserviceHandle } from 'firefly-ts';
const front = GlobalObject().netfactory;
if (front) front.errorEncoder = (error) => 'failed: ' + (error as Error).name;
netserviceHandle('*', (command: number, conn: { id: number }) => GlobalObject().remote.gate?.callRemote('pass', command, conn.id));
`;
