/**
 * A client in a process of its own that sends as much as it can and reads nothing, for tests of what that costs the server.
 *
 *   node flooder.js PORT tcp|websocket PAYLOADBYTES
 *
 * Says on standard output, ten times a second, how many bytes the kernel has taken so far.
 */
import { connect } from 'node:net';
import { DataPackProtoc } from '../../src/netconnect/datapack';

const [, , port, kind, payloadBytes] = process.argv;
const frame = new DataPackProtoc().pack(Buffer.alloc(Number(payloadBytes)), 1);

const socket = connect({ port: Number(port), host: '127.0.0.1' });
socket.pause();
socket.on('close', () => process.exit(0)).on('error', () => {});
if (kind === 'websocket') {
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
}
const message = kind === 'websocket' ? inMessage(frame) : frame;

function flood(): void {
  while (socket.write(message));
}
socket.on('drain', flood);
flood();
setInterval(() => console.log(socket.bytesWritten - socket.writableLength), 100);

/** With a mask of zeros. */
function inMessage(bytes: Buffer): Buffer {
  const head = Buffer.alloc(bytes.length > 125 ? 8 : 6);
  head[0] = 0x82;
  head[1] = 0x80 | (bytes.length > 125 ? 126 : bytes.length);
  if (bytes.length > 125) head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}
