/** What a net node does with its clients: passes each one's requests on to its gate. */
import { type Connection, DataPackProtoc, GlobalObject, netserviceHandle, PeerDown, rootOf } from 'firefly-ts';
import { refusalOf } from '../share/answering';
import type { GateApi } from '../share/api';
import { SERVER_LEAVES } from '../share/commands';
import { text } from '../share/game';
import { encodeReply } from '../share/reply';

const front = GlobalObject().netfactory;
if (!front) throw new TypeError('config: a node whose app is the net server needs a "netport" or a "wsport"');

// The header that this game's clients send: four magic bytes, protocol version, server version.
front.setDataProtocl(new DataPackProtoc(78, 37, 38, 48, 9, 0));

/** Whatever goes wrong between here and a game node, the client gets an answer. */
front.errorEncoder = refusalOf;

/** Its gate, if it ever had one. A gate that is away hears of it from the framework when it is back, if anybody was logged in here. */
front.doConnectionLost = async (connection: Connection) => {
  if (connection.root === undefined) return;
  try {
    await rootOf<GateApi>(connection).call('netconnlost', connection.id);
  } catch (error) {
    if (!(error instanceof PeerDown)) throw error;
  }
};

/** Before this node stops or restarts. */
front.doClosing = () => {
  const message = encodeReply({ result: true, message: text('serverLeaves') });
  front.pushObject(
    SERVER_LEAVES,
    message,
    Array.from(front.connmanager, ({ id }) => id),
  );
};

netserviceHandle('*', function forward(command: number, connection: Connection, data: Buffer) {
  return rootOf<GateApi>(connection).call('forwarding', command, connection.id, data);
});
