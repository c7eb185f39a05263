/** A game client over WebSocket: the same frames, one or more in a binary message. */
import { createWebSocketStream, WebSocket } from 'ws';
import { type ClientOptions, GameClient } from './gameclient';

/** Connects a client. @throws Error that names the address when no WebSocket server answers there within the deadline */
export function connectWebSocket(options: ClientOptions): Promise<GameClient> {
  const { host = '127.0.0.1', port, deadlineMs = 10_000 } = options;
  const socket = new WebSocket(`ws://${host}:${port}/`, { handshakeTimeout: deadlineMs, perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => {
      socket.terminate();
      reject(new Error(`cannot connect to ${host}:${port}: ${cause.message}; is wsport set there?`, { cause }));
    };
    socket.once('error', failed);
    socket.once('open', () => {
      socket.off('error', failed);
      resolve(new GameClient(createWebSocketStream(socket), options));
    });
  });
}
