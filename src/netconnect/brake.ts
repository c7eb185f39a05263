/** Whether clients are read from: not while the front is paused, nor while as many of their requests are in flight as may. TCP slows them down, and nothing is lost. */
import type { ClientConnection } from './clientconnection';
import type { InFlight, InFlightBound } from './inflight';

export class Brake {
  readonly #inFlight: InFlight;
  readonly #connections: Iterable<ClientConnection>;
  /** Looked at for every frame. */
  readonly #front: { isPaused: boolean };
  #isPaused = false;
  /** The last connection that went on: when there was no room for all of them, those behind it come first the next time. */
  #last = 0;

  constructor(inFlight: InFlight, connections: Iterable<ClientConnection>, front: { isPaused: boolean }) {
    this.#inFlight = inFlight;
    this.#connections = connections;
    this.#front = front;
  }

  pause(): void {
    this.#isPaused = true;
    this.check();
  }

  resume(): void {
    this.#isPaused = false;
    this.check();
  }

  /** As many may be in flight from here on; any number when undefined. */
  limit(bound: InFlightBound | undefined): void {
    this.#inFlight.limit(bound);
    this.check();
  }

  /** Something has begun or ended. */
  check(): void {
    const isPaused = this.#isPaused || this.#inFlight.isFull;
    if (isPaused === this.#front.isPaused) return;
    this.#front.isPaused = isPaused;
    if (isPaused) for (const connection of this.#connections) connection.hold();
    else this.#proceed();
  }

  /** Who goes on may take the room that there is for others. */
  #proceed(): void {
    const last = this.#last;
    for (const isBehind of [true, false]) {
      for (const connection of this.#connections) {
        if (this.#front.isPaused) return;
        if (connection.id > last !== isBehind) continue;
        this.#last = connection.id;
        connection.proceed();
      }
    }
  }
}
