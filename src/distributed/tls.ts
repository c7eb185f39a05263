/**
 * TLS under a link: both ends show a certificate of the cluster's own authority before a frame is read.
 *
 * A certificate says "a machine of this cluster"; who a node is, the handshake with the secret says. So names in certificates are not looked at,
 * and an address may be anything. Files are read for each link: a renewed certificate is taken without a restart.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { TlsConfig } from '../config/config';
import { Deadline, PeerDown, StartFailed, Unauthorized } from '../errors';
import type { Address } from './node';

type Files = Readonly<Record<keyof TlsConfig, Buffer>>;

/** Handed to roots and leaves: only a process that makes one loads node:tls. */
export class NodeTls {
  readonly #paths: TlsConfig;

  constructor(paths: TlsConfig) {
    this.#paths = paths;
  }

  /**
   * Takes over an accepted connection. The certificate of the other side is still to be judged, with `distrustOf`.
   *
   * @throws Unauthorized when the other side speaks no TLS, Deadline, PeerDown; the connection is closed then
   */
  async accept(socket: Socket, peer: string, deadlineMs: number): Promise<TLSSocket> {
    const files = this.#filesFor(socket);
    return await new Promise((resolve, reject) => {
      // A server of its own for each connection tells whose handshake has ended; it never listens.
      const options = {
        ...files,
        requestCert: true,
        rejectUnauthorized: false,
        handshakeTimeout: deadlineMs,
        minVersion: 'TLSv1.3',
      } as const;
      const server = createServer(options, resolve);
      server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
        socket.destroy();
        if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') reject(new Deadline(`TLS handshake with ${peer}`, deadlineMs));
        else if (error.code === 'ECONNRESET') reject(new PeerDown(peer, false, { cause: error }));
        else
          reject(
            new Unauthorized(`it does not speak TLS as this root does (${error.code}); give all nodes the same "tls"`, { cause: error }),
          );
      });
      server.emit('connection', socket);
    });
  }

  /** Dials. Nothing may be sent before `secured`. @throws StartFailed when a file cannot be read */
  dial({ host, port }: Address): TLSSocket {
    const socket = connect({ ...this.#files(), host, port, minVersion: 'TLSv1.3', checkServerIdentity: () => undefined });
    return socket.setNoDelay(true);
  }

  /** Settles when a dialled connection is encrypted and the other side is trusted. What goes wrong comes as an error of the socket. */
  secured(socket: TLSSocket): Promise<void> {
    return new Promise((resolve) => socket.once('secureConnect', () => resolve()));
  }

  /** Why an accepted connection is not trusted; nothing when it is. */
  distrustOf(socket: TLSSocket): Unauthorized | undefined {
    if (socket.authorized) return undefined;
    // An empty object stands for no certificate.
    if (!socket.getPeerCertificate().raw) return new Unauthorized('it shows no certificate; set "tls" in its config');
    return new Unauthorized(distrust(String(socket.authorizationError)) ?? 'its certificate is not trusted');
  }

  /** Puts what ended a dialled connection before there was a link into words that name the fix. */
  explainer(socket: TLSSocket): (error: NodeJS.ErrnoException, peer: string) => Error {
    return (error, peer) => {
      const { code } = error;
      const why = code === undefined ? undefined : distrust(code);
      if (why !== undefined) return new Unauthorized(`${peer}: ${why}`, { cause: error });
      if (code?.startsWith('ERR_SSL_')) {
        return new Unauthorized(`${peer} does not speak TLS as this node does (${code}); give all nodes the same "tls"`, { cause: error });
      }
      if (socket.authorized || (code !== undefined && code !== 'ECONNRESET')) return new PeerDown(peer, false, { cause: error });
      const text = `${peer} ended the connection before TLS was agreed on; if it has no "tls" in its config, give all nodes the same`;
      return new PeerDown(peer, false, { cause: new Error(text, { cause: error }) });
    };
  }

  #filesFor(socket: Socket): Files {
    try {
      return this.#files();
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  #files(): Files {
    const read = (name: keyof TlsConfig) => {
      try {
        return readFileSync(this.#paths[name]);
      } catch (cause) {
        throw new StartFailed(`tls.${name}: ${this.#paths[name]} cannot be read; put the file back`, { cause });
      }
    };
    return { cert: read('cert'), key: read('key'), ca: read('ca') };
  }
}

function distrust(code: string): string | undefined {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired; renew it';
    case 'CERT_NOT_YET_VALID':
      return 'its certificate is not valid yet; compare the clocks of the machines';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
      return `its certificate is not signed by the "tls.ca" of the other side (${code}); sign all with one`;
    case 'INVALID_PURPOSE':
    case 'INVALID_CA':
    case 'CERT_UNTRUSTED':
    case 'CERT_REJECTED':
    case 'CERT_REVOKED':
    case 'CERT_CHAIN_TOO_LONG':
    case 'PATH_LENGTH_EXCEEDED':
    case 'HOSTNAME_MISMATCH':
      return `its certificate is not trusted (${code}); make one for client and server use, signed by "tls.ca"`;
    default:
      return undefined;
  }
}
