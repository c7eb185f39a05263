/** The game client with access to bytes: for frames made by hand, and for answers that must match byte for byte. */
import { type ClientOptions, GameClient, openSocket } from '../../tools/lib/gameclient';

export { connectClient, encodeFrame, type Frame, GAME_HEADER, GameClient, type Header, ZERO_HEADER } from '../../tools/lib/gameclient';

export class RawClient extends GameClient {
  #bytes: Buffer = Buffer.alloc(0);
  #gone = false;
  #changed: (() => void) | undefined;

  constructor(...args: ConstructorParameters<typeof GameClient>) {
    super(...args);
    void this.closed.then(() => {
      this.#gone = true;
      this.#changed?.();
    });
  }

  /** Writes these bytes, given as they are or in hex. */
  raw(bytes: Buffer | string): void {
    this.write(typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes);
  }

  /**
   * Waits for that many bytes that no call of `bytes` or `rest` returned yet, parsed or not.
   *
   * @throws Error when the deadline passes or the connection ends first; it shows what did come
   */
  async bytes(count: number, deadlineMs = 15_000): Promise<Buffer> {
    await this.#until(() => this.#bytes.length >= count, `${count} bytes`, deadlineMs);
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  /** Waits until the server closes and returns all bytes not returned yet. @throws Error when it does not in time */
  async rest(deadlineMs = 15_000): Promise<Buffer> {
    await this.#until(() => this.#gone, 'the end of the connection', deadlineMs);
    const taken = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return taken;
  }

  protected override onBytes(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    super.onBytes(chunk);
    this.#changed?.();
  }

  async #until(reached: () => boolean, what: string, deadlineMs: number): Promise<void> {
    const timeout = Symbol('timeout');
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<typeof timeout>((resolve) => {
      timer = setTimeout(() => resolve(timeout), deadlineMs);
    });
    const had = () => `${this.#bytes.length} came: ${this.#bytes.subarray(0, 200).toString('hex')}`;
    try {
      while (!reached()) {
        if (this.#gone) throw new Error(`the connection ended before ${what} came; ${had()}`);
        const change = new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
        const late = (await Promise.race([change, deadline])) === timeout;
        if (late && !reached()) throw new Error(`${what} did not come within ${deadlineMs} ms; ${had()}`);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Connects a client that can write and read raw bytes. */
export async function connectRaw(options: ClientOptions): Promise<RawClient> {
  return new RawClient(await openSocket(options), options);
}
