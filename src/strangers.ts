/**
 * Connections that have proved nothing yet: so many in all, and of these so many from one address.
 *
 * Who is honest needs such a place for a moment. So at a bound nobody is turned away: who has held a place longest loses it, of the address that holds
 * the most. A crowd from one address pushes out only itself. All addresses of an IPv6 /64 are one.
 */
import { plainAddress } from './config/address';
import { networkOf } from './config/network';

export class Strangers<Member> {
  readonly #total: number;
  readonly #perAddress: number;
  readonly #networks = new Map<Member, string>();
  /** Members of each network, in the order they came. */
  readonly #byNetwork = new Map<string, Set<Member>>();

  /**
   * @param total places
   * @param perAddress how many of them one address can have
   */
  constructor(total: number, perAddress: number) {
    this.#total = total;
    this.#perAddress = perAddress;
  }

  get size(): number {
    return this.#networks.size;
  }

  /** Gives it a place. @returns who has lost theirs to it, and is to be sent away */
  add(member: Member, address: string): Member | undefined {
    const network = networkOf(plainAddress(address));
    const own = this.#byNetwork.get(network);
    const crowd = own && own.size >= this.#perAddress ? own : this.size >= this.#total ? this.#greediest() : undefined;
    const [oldest] = crowd ?? [];
    if (oldest !== undefined) this.remove(oldest);
    this.#networks.set(member, network);
    this.#byNetwork.set(network, (this.#byNetwork.get(network) ?? new Set()).add(member));
    return oldest;
  }

  /** It has proved itself, or is gone. No error when it has no place. */
  remove(member: Member): void {
    const network = this.#networks.get(member);
    if (network === undefined) return;
    this.#networks.delete(member);
    const crowd = this.#byNetwork.get(network);
    crowd?.delete(member);
    if (crowd?.size === 0) this.#byNetwork.delete(network);
  }

  /** Of two that hold as many, the one that came first. */
  #greediest(): Set<Member> | undefined {
    let greediest: Set<Member> | undefined;
    for (const crowd of this.#byNetwork.values()) if (crowd.size > (greediest?.size ?? 0)) greediest = crowd;
    return greediest;
  }
}
