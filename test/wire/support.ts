/** What the tests of links share: limits, a log that can be read, and two links over a real TCP connection. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import pino from 'pino';
import type { Limits } from '../../src/config/config';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import type { Logger } from '../../src/log/log';
import type { Metrics } from '../../src/metrics/metrics';
import { Link, type LinkClosed, type LinkKey } from '../../src/wire/link';

export interface TestLog {
  readonly log: Logger;
  readonly lines: { level: number; event?: string; msg: string }[];
}

export function testLog(): TestLog {
  const lines: TestLog['lines'] = [];
  const log = pino({ base: {} }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** Two ends of one TCP connection on loopback. */
export async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const near = connect({ port: address.port, host: '127.0.0.1', noDelay: true });
  const [far] = (await once(server, 'connection')) as [Socket];
  await once(near, 'connect');
  server.close();
  return [near, far];
}

export type Dispatch = (target: LinkKey, args: unknown[]) => unknown;

export interface End {
  readonly link: Link;
  readonly closed: Promise<LinkClosed>;
  readonly socket: Socket;
  readonly lines: TestLog['lines'];
}

export function linkOver(
  socket: Socket,
  peer: string,
  dispatch: Dispatch = () => undefined,
  limits: Partial<Limits> = {},
  metrics?: Metrics,
): End {
  const { log, lines } = testLog();
  let closed: (reason: LinkClosed) => void = () => {};
  const ended = new Promise<LinkClosed>((resolve) => {
    closed = resolve;
  });
  const link = new Link(socket, { peer, limits: { ...DEFAULT_LIMITS, ...limits }, log, metrics, handlers: { dispatch, closed } });
  return { link, closed: ended, socket, lines };
}

export interface Pair extends AsyncDisposable {
  /** Calls. */
  readonly near: End;
  /** Answers with the pair's dispatch. */
  readonly far: End;
}

/** A link whose far end answers with `dispatch`. */
export async function linkPair(dispatch: Dispatch, limits: Partial<Limits> = {}): Promise<Pair> {
  const [nearSocket, farSocket] = await socketPair();
  const far = linkOver(farSocket, 'near', dispatch, limits);
  const near = linkOver(nearSocket, 'far', undefined, limits);
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      await Promise.all([near.link.close('end of test'), far.link.close('end of test')]);
    },
  };
}

/** A promise and what settles it. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
