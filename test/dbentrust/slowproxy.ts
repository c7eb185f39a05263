/**
 * A TCP proxy that can hold back what clients send, and deliver it after they have gone: what a network may do to a request that nobody waits for any more.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

export class SlowProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<Socket>();
  /** The client of each socket to the target. */
  readonly #farSides = new Map<Socket, Socket>();
  readonly #held: (() => void)[] = [];
  #isHolding = false;
  /** Chunks held back so far. */
  heldChunks = 0;

  private constructor(readonly target: { readonly host: string; readonly port: number }) {
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
  }

  static async open(target: { readonly host: string; readonly port: number }): Promise<SlowProxy> {
    const proxy = new SlowProxy(target);
    proxy.#server.listen(0, HOST);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `${HOST}:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  /** From now on nothing that clients send arrives. @param which `open`: on the connections of this moment, while later ones are not held */
  hold(which: 'open' | 'all' = 'open'): void {
    this.#isHolding = which === 'all';
    for (const socket of this.#sockets) socket.emit('hold');
  }

  /** Delivers what was held back, in its order, whether or not its client is still there. */
  release(): void {
    this.#isHolding = false;
    for (const deliver of this.#held.splice(0)) deliver();
  }

  /** Ends the clients' side of all connections; what was held back of them can be delivered all the same. */
  resetClients(): void {
    for (const socket of this.#clients) socket.resetAndDestroy();
  }

  /** Settles when the far side of a connection without a client has been closed: what was delivered there was read, or never will be. */
  onceEnded(): Promise<void> {
    return new Promise((resolve) => {
      const lost = [...this.#sockets].filter((socket) => this.#farSides.get(socket)?.destroyed);
      for (const socket of lost) socket.once('close', () => resolve());
      if (lost.length === 0) resolve();
    });
  }

  /** Ends all connections, as a network does that resets them. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.target, noDelay: true });
    let isHeld = false;
    this.#clients.add(client);
    this.#farSides.set(server, client);
    client.on('close', () => this.#clients.delete(client));
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('hold', () => {
      if (isHeld) return;
      isHeld = true;
      this.#held.push(() => {
        isHeld = false;
        for (const chunk of waiting.splice(0)) server.write(chunk);
        if (client.destroyed) server.end();
      });
    });
    const waiting: Buffer[] = [];
    if (this.#isHolding) client.emit('hold');
    client.on('data', (chunk: Buffer) => {
      if (isHeld) {
        waiting.push(chunk);
        this.heldChunks += 1;
      } else server.write(chunk);
    });
    server.on('data', (chunk) => client.write(chunk));
    client.on('close', () => {
      if (!isHeld) server.destroy();
    });
    server.on('close', () => client.destroy());
  }
}
