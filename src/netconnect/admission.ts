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
    const { connections, connectionsPerAddress } = this.#limits;
    if (this.#count >= connections) return this.#refuse('connections', connections, address);
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (ofAddress >= connectionsPerAddress) return this.#refuse('connectionsPerAddress', connectionsPerAddress, address);
    this.#count += 1;
    this.#byAddress.set(address, ofAddress + 1);
    return true;
  }

  leave(address: string): void {
    this.#count -= 1;
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (ofAddress > 1) this.#byAddress.set(address, ofAddress - 1);
    else this.#byAddress.delete(address);
  }

  #refuse(cause: 'connections' | 'connectionsPerAddress', limit: number, address: string): false {
    this.#report.crowd(cause, `a connection from ${address} was refused: limit ${cause} = ${limit}`);
    return false;
  }
}
