/**
 * Does the TLS handshake; the next door gets the encrypted socket.
 *
 * Loads node:tls, so only nodes whose clients use it load this.
 */
import type { Socket } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Arrival, Arrivals } from './arrivals';
import type { Door } from './door';

/** Certificate chain and private key, as PEM. */
export interface TlsCredentials {
  readonly cert: Buffer | string;
  readonly key: Buffer | string;
}

/** @throws StartFailed when certificate and key are of no use */
export function tlsDoor(credentials: TlsCredentials, arrivals: Arrivals, log: Logger, next: Door): Door {
  // By the peer's address and port: the server does not say which of the sockets it was given an encrypted one stands on.
  const shaking = new Map<string, Arrival>();
  // The time is the arrivals' business.
  const server = secureServer({ cert: credentials.cert, key: credentials.key, handshakeTimeout: 0x7fff_ffff });
  server.on('secureConnection', (secure) => {
    const arrival = shaking.get(peerOf(secure));
    if (!arrival) {
      secure.destroy();
      return;
    }
    shaking.delete(peerOf(secure));
    secure.allowHalfOpen = true;
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
    // A client that leaves in the middle of the handshake gets no answers any more.
    socket.allowHalfOpen = false;
    server.emit('connection', socket);
  };
}

function secureServer(options: TlsOptions): Server {
  try {
    return createServer(options);
  } catch (cause) {
    throw new StartFailed(`tls: ${cause instanceof Error ? cause.message : String(cause)}; correct cert and key`, { cause });
  }
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
