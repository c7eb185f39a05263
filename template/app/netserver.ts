/** The net node: clients' connections. Every command goes to gate, whose answer goes back. */
import { type Connection, GlobalObject, NoSuchTarget, netserviceHandle, rootOf } from 'firefly-ts';
import type { GateApi } from './share/api';

const front = GlobalObject().netfactory;
// Whatever goes wrong behind this node, the client gets an answer. The reason is in the log.
if (front) front.errorEncoder = (error) => JSON.stringify({ error: error instanceof NoSuchTarget ? 'unknown command' : 'try again' });

netserviceHandle('*', function forward(command: number, connection: Connection, data: Buffer) {
  return rootOf<GateApi>(connection).call('forward', command, connection.id, data);
});
