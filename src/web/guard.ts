/**
 * Who may ask a web port for anything: decided for every request before any route is looked up.
 *
 * The ports stop games, so a picture tag on a foreign page must not reach them (Host, Origin and Sec-Fetch-Site are checked), and
 * whoever is not on this machine needs the token. Pure: decides on what it is handed.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback, plainAddress } from '../config/address';

export interface GuardOptions {
  /** Names under which this port may be asked beside loopback and its own address: `name`, or `name:port` as a proxy shows it. */
  readonly hosts: readonly string[];
  /** When set, every request must carry it; when not, only this machine may ask. */
  readonly token?: string | undefined;
}

/** What the guard looks at. */
export interface Asking {
  readonly headers: IncomingHttpHeaders;
  /** Every Host line, as a request may carry more than one. */
  readonly hostLines: readonly string[];
  readonly remoteAddress: string;
  /** Where the peer reached us. */
  readonly localAddress: string;
  readonly localPort: number;
}

export interface Refusal {
  readonly status: 401 | 403;
  /** For the client and the log: what is wrong and what to do. */
  readonly reason: string;
  /** One word for the kind of refusal; log lines are limited by it. */
  readonly kind: 'cross-site' | 'host' | 'origin' | 'token' | 'remote';
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

const UNKNOWN_HOST =
  'the Host is not one of this server; ask it by its address, or by a name that its config has: master.roothost for the master, bind for a node';

/** Set by proxies: who asks then is not the one whose address we see. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

export class AccessGuard {
  readonly #hosts: readonly string[];
  readonly #token: Buffer | undefined;

  constructor(options: GuardOptions) {
    this.#hosts = options.hosts.map((host) => host.toLowerCase());
    this.#token = options.token ? digest(options.token) : undefined;
  }

  /** Returns why the request is refused, or undefined when it may pass. */
  check(asking: Asking): Refusal | undefined {
    const site = asking.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return { status: 403, kind: 'cross-site', reason: 'asked by a page of another site' };

    const purpose = asking.headers['sec-purpose'] ?? asking.headers.purpose;
    if (purpose !== undefined)
      return { status: 403, kind: 'cross-site', reason: 'asked by a browser ahead of its user; open the page itself' };

    const host = asking.hostLines.length === 1 ? (asking.hostLines[0] ?? '').toLowerCase() : undefined;
    if (host === undefined || !this.#isOurs(host, asking)) return { status: 403, kind: 'host', reason: UNKNOWN_HOST };

    const origin = asking.headers.origin;
    if (origin !== undefined && !isSameOrigin(origin, host))
      return { status: 403, kind: 'origin', reason: 'asked by a page of another origin' };

    if (this.#token) {
      if (this.#hasToken(asking.headers.authorization)) return undefined;
      return { status: 401, kind: 'token', reason: 'the token is missing or wrong; send it as Authorization: Bearer TOKEN' };
    }
    if (isLocal(asking, host)) return undefined;
    return { status: 403, kind: 'remote', reason: 'only this machine may ask while no token is configured; set master.token' };
  }

  #isOurs(host: string, { localAddress, localPort }: Asking): boolean {
    return [...LOOPBACK_NAMES, inHost(localAddress), ...this.#hosts].some((name) => {
      const [, bare = name, port = String(localPort)] = /^(.+):(\d+)$/.exec(name) ?? [];
      // Browsers leave the port out when it is the scheme's own.
      return host === `${bare}:${port}` || (host === bare && (port === '80' || port === '443'));
    });
  }

  #hasToken(authorization: string | undefined): boolean {
    const given = /^Bearer +([^ ]+)$/i.exec(authorization ?? '')?.[1];
    // Digests are of one length, so the comparison takes the same time for every guess.
    return this.#token !== undefined && given !== undefined && timingSafeEqual(digest(given), this.#token);
  }
}

/** On this machine, and not a proxy on this machine that speaks for somebody else. */
function isLocal({ headers, remoteAddress }: Asking, host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return isLoopback(remoteAddress) && LOOPBACK_NAMES.includes(name) && PROXY_HEADERS.every((header) => headers[header] === undefined);
}

function isSameOrigin(origin: string, host: string): boolean {
  if (!/^https?:\/\//i.test(origin)) return false;
  const scheme = origin.slice(0, origin.indexOf(':'));
  // URL drops the scheme's own port on both sides.
  const asked = URL.canParse(origin) && URL.canParse(`${scheme}://${host}`);
  return asked && new URL(origin).origin === new URL(`${scheme}://${host}`).origin;
}

function inHost(address: string): string {
  const plain = plainAddress(address);
  return plain.includes(':') ? `[${plain}]` : plain;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
