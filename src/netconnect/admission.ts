/** Decides who may connect: so many in all, so many from one address. */
import type { Limits } from '../config/config';
import type { FrontReport } from './report';

export class Admission {
  readonly #limits: Limits;
  readonly #report: FrontReport;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(limits: Limits, report: FrontReport) {
    this.#limits = limits;
    this.#report = report;
  }

  /** Addresses that have a connection. */
  get addresses(): number {
    return this.#byAddress.size;
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
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (ofAddress > 1) this.#byAddress.set(address, ofAddress - 1);
    else this.#byAddress.delete(address);
  }

  leaveUnnamed(): void {
    this.#count -= 1;
  }

  #take(address: string): true {
    this.#count += 1;
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    return true;
  }

  #hasRoom(address: string): boolean {
    const { connections } = this.#limits;
    return this.#count < connections || this.#refuse('connections', connections, address);
  }

  #hasRoomFor(address: string): boolean {
    const { connectionsPerAddress } = this.#limits;
    return (
      (this.#byAddress.get(address) ?? 0) < connectionsPerAddress || this.#refuse('connectionsPerAddress', connectionsPerAddress, address)
    );
  }

  #refuse(cause: 'connections' | 'connectionsPerAddress', limit: number, address: string): false {
    this.#report.crowd(cause, `a connection from ${address} was refused: limit ${cause} = ${limit}`);
    return false;
  }
}
