/** What a client passes before its frames are read: each door takes a socket, and hands on the one to go on with. */
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Logger } from '../log/log';
import { plainAddress } from './address';
import type { Arrival, Arrivals } from './arrivals';
import { ProxyHeader } from './proxyheader';

export type Door = (socket: Socket, arrival: Arrival) => void;

/** Certificate chain and private key, as PEM. */
export interface TlsCredentials {
  readonly cert: Buffer | string;
  readonly key: Buffer | string;
}

/** Reads the PROXY header, which names the client. */
export function proxyDoor(arrivals: Arrivals, next: Door): Door {
  return (socket, arrival) => {
    const header = new ProxyHeader();
    const onReadable = () => {
      try {
        while (!header.isComplete) {
          const chunk: Buffer | null = socket.read();
          if (chunk === null) return;
          const taken = header.take(chunk);
          if (taken < chunk.length) socket.unshift(chunk.subarray(taken));
        }
      } catch (error) {
        arrivals.refused(arrival, 'proxyHeader', error instanceof Error ? error.message : String(error));
        socket.destroy();
        return;
      }
      socket.removeListener('readable', onReadable);
      socket.removeListener('end', onEnd);
      if (!arrivals.name(arrival, plainAddress(header.source ?? arrival.address))) return;
      // The stream forgets its 'readable' listener in the next tick; until then it would resume what the next door pauses.
      process.nextTick(() => {
        if (!socket.destroyed) next(socket, arrival);
      });
    };
    const onEnd = () => socket.destroy();
    socket.on('readable', onReadable);
    socket.on('end', onEnd);
  };
}

/** Does the TLS handshake; the next door gets the encrypted socket. */
export function tlsDoor(credentials: TlsCredentials, arrivals: Arrivals, log: Logger, next: Door): Door {
  // By the peer's address and port: the server does not say which of the sockets it was given an encrypted one stands on.
  const shaking = new Map<string, Arrival>();
  // The time is the arrivals' business.
  const server = createServer({ cert: credentials.cert, key: credentials.key, handshakeTimeout: 0x7fff_ffff });
  server.on('secureConnection', (secure) => {
    const arrival = shaking.get(peerOf(secure));
    if (!arrival) {
      secure.destroy();
      return;
    }
    shaking.delete(peerOf(secure));
    next(secure, arrival);
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, secure) => {
    const arrival = shaking.get(peerOf(secure));
    // Port scans and health checks come and go without a word.
    if (error.code === 'ECONNRESET') log.debug({ error }, 'a client left during the TLS handshake');
    else arrivals.refused(arrival, 'tlsHandshake', `the TLS handshake failed: ${explain(error)}`);
    arrival?.socket.destroy();
  });
  return (socket, arrival) => {
    arrival.step = 'TLS handshake';
    const peer = peerOf(socket);
    shaking.set(peer, arrival);
    socket.once('close', () => {
      if (shaking.get(peer) === arrival) shaking.delete(peer);
    });
    server.emit('connection', socket);
  };
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ERR_SSL_HTTP_REQUEST':
      return 'the client speaks plain HTTP; it must use wss:// or https://';
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'the client does not speak TLS';
    default:
      return error.message;
  }
}
