/**
 * Clients on their way in: accepted, but not where frames are read yet, because a PROXY header, a TLS handshake or an HTTP upgrade comes first.
 *
 * Each holds its place among the connections from the moment it is accepted, and has `firstFrameMs` for the whole way.
 */
import type { Socket } from 'node:net';
import { plainAddress } from '../config/address';
import type { Limits } from '../config/config';
import type { Admission } from './admission';
import type { Cause, FrontReport } from './report';

export type Step = 'PROXY header' | 'TLS handshake' | 'WebSocket upgrade';

/** Why a client did not arrive. */
export type ArrivalCause = Cause & ('proxyHeader' | 'tlsHandshake' | 'upgrade' | 'firstFrameMs');

export class Arrival {
  readonly since = performance.now();
  /** What it has to do next. */
  step: Step;
  /** The client's, or the proxy's as long as the client's is not known. */
  address: string;
  isNamed = true;
  readonly onClose: () => void;

  constructor(
    readonly socket: Socket,
    address: string,
    step: Step,
    onClose: (arrival: Arrival) => void,
  ) {
    this.address = address;
    this.step = step;
    this.onClose = () => onClose(this);
  }
}

export class Arrivals {
  readonly #limits: Limits;
  readonly #report: FrontReport;
  readonly #admission: Admission;
  /** In the order they came, so that a sweep ends at the first that is young enough. */
  readonly #coming = new Set<Arrival>();

  constructor(limits: Limits, report: FrontReport, admission: Admission) {
    this.#limits = limits;
    this.#report = report;
    this.#admission = admission;
  }

  get count(): number {
    return this.#coming.size;
  }

  /** Takes a place for a client. @param proxied its address is not known yet @returns nothing when there is no place; the socket is closed then */
  begin(socket: Socket, step: Step, proxied: boolean): Arrival | undefined {
    // A client that is gone already has no address.
    const address = socket.remoteAddress === undefined ? undefined : plainAddress(socket.remoteAddress);
    if (address === undefined || !(proxied ? this.#admission.enterUnnamed(address) : this.#admission.enter(address))) {
      socket.destroy();
      return undefined;
    }
    const arrival = new Arrival(socket, address, step, (gone) => this.#closed(gone));
    arrival.isNamed = !proxied;
    this.#coming.add(arrival);
    socket.on('error', ignore);
    socket.once('close', arrival.onClose);
    return arrival;
  }

  /** Its address became known. @returns false when there is no place for it; it is closed then */
  name(arrival: Arrival, address: string): boolean {
    if (!this.#admission.name(address)) {
      arrival.socket.destroy();
      return false;
    }
    arrival.address = address;
    arrival.isNamed = true;
    return true;
  }

  /** Reports why a client does not get in. @param reason without the client's bytes */
  refused(arrival: Arrival | undefined, cause: ArrivalCause, reason: string): void {
    this.#report.crowd(cause, `a connection${arrival ? ` from ${arrival.address}` : ''} was refused: ${reason}`);
  }

  /** It has arrived and keeps its place, which whoever takes it gives back. */
  end(arrival: Arrival): void {
    this.#coming.delete(arrival);
    arrival.socket.removeListener('close', arrival.onClose);
  }

  /** Closes those that are too late. */
  sweep(): void {
    const { firstFrameMs } = this.#limits;
    if (firstFrameMs <= 0) return;
    const now = performance.now();
    for (const arrival of this.#coming) {
      if (now - arrival.since < firstFrameMs) break;
      this.refused(arrival, 'firstFrameMs', `no ${arrival.step} came in time (limit firstFrameMs = ${firstFrameMs})`);
      arrival.socket.destroy();
    }
  }

  /** Closes all. */
  destroyAll(): void {
    for (const arrival of this.#coming) arrival.socket.destroy();
  }

  #closed(arrival: Arrival): void {
    if (!this.#coming.delete(arrival)) return;
    if (arrival.isNamed) this.#admission.leave(arrival.address);
    else this.#admission.leaveUnnamed();
  }
}

/** What follows an error is a close. */
function ignore(): void {}
