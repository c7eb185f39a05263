/**
 * The yardstick of the rows with thousands of connections: a bare Node server that holds sockets and parses frames.
 *
 * 100 is answered with its payload, 400 is sent to everybody as topic 900. Asked over IPC, it says what its memory is.
 *
 *   node plainserver.js      forked, see peer.ts
 */
import { createServer, type Socket } from 'node:net';
import { settledMemory } from './memory';
import { serve } from './peer';
import { eachFrame } from './turnwriter';

const HEAD = 17;
const PUSH = 400;
const TOPIC = 900;
const sizeOf = (data: Buffer, at: number) => HEAD - 4 + data.readUInt32BE(at + 9);

const sockets = new Set<Socket>();

function accept(socket: Socket): void {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  eachFrame(socket, HEAD, sizeOf, (data, at, size) => {
    const frame = Buffer.from(data.subarray(at, at + size));
    if (frame.readUInt32BE(13) !== PUSH) {
      socket.write(frame);
      return;
    }
    frame.writeUInt32BE(TOPIC, 13);
    for (const each of sockets) each.write(frame);
  });
}

serve(
  () => {
    const server = createServer({ noDelay: true }, accept);
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', 1024, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  },
  () => settledMemory(),
);
