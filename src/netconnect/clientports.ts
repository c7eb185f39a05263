/** All ports of a client front: opened one by one, closed to new clients and opened again together. */
import { ClientPort, type PortHost, type PortOptions } from './clientport';

export class ClientPorts {
  readonly #host: PortHost;
  readonly #ports: ClientPort[] = [];
  #closed: Promise<unknown> | undefined;
  #reopening: Promise<unknown> | undefined;

  constructor(host: PortHost) {
    this.#host = host;
  }

  /** @param port 0 for any free one @returns the port. @throws StartFailed when it cannot be had, or its certificate is of no use */
  async listen(port: number, bind: string, options: PortOptions): Promise<number> {
    const clientPort = await ClientPort.create(this.#host, options);
    const listened = await clientPort.listen(port, bind, options.webSocket ? 'wsport' : 'netport');
    this.#ports.push(clientPort);
    return listened;
  }

  /** Stops listening. Settles when the last socket is closed. */
  close(): Promise<unknown> {
    const close = () => Promise.all(this.#ports.map((port) => port.close()));
    // A port that is about to listen cannot be closed before it does.
    this.#closed ??= this.#reopening ? this.#reopening.then(close, close) : close();
    return this.#closed;
  }

  /** Listens again where it did; nothing to do while it does. @throws StartFailed when somebody else has a port now */
  async reopen(): Promise<void> {
    if (!this.#closed) return;
    this.#closed = undefined;
    const open = () => Promise.all(this.#ports.map((port) => port.reopen()));
    const reopening = this.#reopening ? this.#reopening.then(open, open) : open();
    this.#reopening = reopening;
    try {
      await reopening;
    } finally {
      if (this.#reopening === reopening) this.#reopening = undefined;
    }
  }

  /** Once a second or so. */
  beat(): void {
    for (const port of this.#ports) port.beat();
  }
}
