/** Decides who may connect: so many in all, so many from one address. All addresses of an IPv6 /64 are one. */
import type { Limits } from '../config/config';
import { networkOf } from '../config/network';
import type { FrontReport } from './report';

export class Admission {
  readonly #limits: Limits;
  readonly #report: FrontReport;
  readonly #byNetwork = new Map<string, number>();
  #count = 0;

  constructor(limits: Limits, report: FrontReport) {
    this.#limits = limits;
    this.#report = report;
  }

  /** Addresses that have a connection. */
  get addresses(): number {
    return this.#byNetwork.size;
  }

  /** Takes a place, to be given back by `leave`. @returns false, with the reason reported, when there is none */
  enter(address: string): boolean {
    return this.#hasRoom(address) && this.#hasRoomFor(address) && this.#take(address);
  }

  /** Takes a place for a client whose address is not known yet; `name` or `leaveUnnamed` follows. @param via who brings it */
  enterUnnamed(via: string): boolean {
    if (!this.#hasRoom(via)) return false;
    this.#count += 1;
    return true;
  }

  /** Makes an unnamed place that of an address. @returns false, with the reason reported, when the address has its full number; the place stays unnamed */
  name(address: string): boolean {
    if (!this.#hasRoomFor(address)) return false;
    this.#count -= 1;
    return this.#take(address);
  }

  leave(address: string): void {
    this.#count -= 1;
    const network = networkOf(address);
    const taken = this.#byNetwork.get(network) ?? 0;
    if (taken > 1) this.#byNetwork.set(network, taken - 1);
    else this.#byNetwork.delete(network);
  }

  leaveUnnamed(): void {
    this.#count -= 1;
  }

  #take(address: string): true {
    this.#count += 1;
    const network = networkOf(address);
    this.#byNetwork.set(network, (this.#byNetwork.get(network) ?? 0) + 1);
    return true;
  }

  #hasRoom(address: string): boolean {
    const { connections } = this.#limits;
    return this.#count < connections || this.#refuse('connections', connections, address);
  }

  #hasRoomFor(address: string): boolean {
    const { connectionsPerAddress } = this.#limits;
    const network = networkOf(address);
    if ((this.#byNetwork.get(network) ?? 0) < connectionsPerAddress) return true;
    return this.#refuse('connectionsPerAddress', connectionsPerAddress, network === address ? address : `${address} (${network})`);
  }

  #refuse(cause: 'connections' | 'connectionsPerAddress', limit: number, address: string): false {
    this.#report.crowd(cause, `a connection from ${address} was refused: limit ${cause} = ${limit}`);
    return false;
  }
}
