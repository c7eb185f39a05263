/** Replies on the wire: a call's id and its result or error. There is always one that fits: a result that cannot travel becomes an error. */
import { TooLarge } from '../errors';
import { writeError } from './fault';
import { Kind } from './frame';
import { type Outbox, Oversize } from './outbox';
import type { LinkKey } from './request';
import { writeValue } from './values';

/** Bytes of an error frame before the error: kind and id. */
const ERROR_HEAD = 5;

export class Replies {
  readonly #out: Outbox;
  readonly #maxBytes: number;

  /** @param maxBytes largest length of a frame, at least 1024 */
  constructor(out: Outbox, maxBytes: number) {
    this.#out = out;
    this.#maxBytes = maxBytes;
  }

  result(id: number, target: LinkKey, value: unknown): void {
    this.#out.begin(Kind.result);
    try {
      this.#out.u32(id);
      writeValue(this.#out, value);
      this.#out.commit();
    } catch (error) {
      this.#out.rollback();
      this.error(id, error instanceof Oversize ? new TooLarge(`result of ${target}`, error.bytes, this.#maxBytes, true) : error);
    }
  }

  error(id: number, error: unknown): void {
    this.#out.begin(Kind.error);
    this.#out.u32(id);
    writeError(this.#out, error, this.#maxBytes - ERROR_HEAD);
    this.#out.commit();
  }
}
