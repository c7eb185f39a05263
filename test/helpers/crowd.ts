/** Many connections that open and then keep everybody waiting, from an address of this machine that nobody else uses. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Fewer than the 511 connections that the system keeps for a Node server until it takes them. Of those above it the system may forget its side; who says
 * nothing never finds out.
 */
const WAVE = 200;

export interface CrowdOptions {
  readonly port: number;
  readonly size: number;
  /** Any of 127.0.0.0/8. */
  readonly from: string;
  /** What each says first; nothing when left out. */
  readonly says?: string;
  /** They read nothing, not even that they are sent away. */
  readonly deaf?: boolean;
  /** Who is sent away comes again so many milliseconds later; not at all when left out. */
  readonly comesAgainMs?: number;
}

export class Crowd implements AsyncDisposable {
  readonly #options: CrowdOptions;
  readonly #sockets = new Set<Socket>();
  #over = false;
  /** How many were sent away so far. */
  sentAway = 0;

  private constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Settles when each of them had its connection, for however short a time. */
  static async come(options: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd(options);
    for (let come = 0; come < options.size; come += WAVE)
      await Promise.all(Array.from({ length: Math.min(WAVE, options.size - come) }, () => crowd.#one()));
    return crowd;
  }

  /** How many have a connection now. */
  get size(): number {
    return this.#sockets.size;
  }

  async #one(): Promise<void> {
    const { port, from, says = '', deaf = false, comesAgainMs } = this.#options;
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    this.#sockets.add(socket);
    socket.on('error', () => {});
    // An end of the other side is seen only by who reads.
    if (!deaf) socket.resume();
    socket.write(says);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#over) return;
      this.sentAway += 1;
      if (comesAgainMs !== undefined) setTimeout(() => !this.#over && void this.#one(), comesAgainMs).unref();
    });
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
