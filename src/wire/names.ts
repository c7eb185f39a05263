/**
 * Interned target names: a link sends each name once and its number from then on.
 *
 * Both sides count in the order of the `name` frames of one direction. The table is bounded: a name is code, not data.
 */
import { BadFrame } from '../errors';

const MAX_NAMES = 4096;
const MAX_NAME_BYTES = 512;

/** The names this side has sent. */
export class NamesSent {
  readonly #numbers = new Map<string, number>();

  /** The number of a name that has been sent. */
  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** Numbers a name that is about to be sent. @throws RangeError when the name is too long or the table is full */
  add(name: string): number {
    const bytes = Buffer.byteLength(name);
    if (bytes === 0 || bytes > MAX_NAME_BYTES) {
      throw new RangeError(`a target's name has 1 to ${MAX_NAME_BYTES} bytes, not ${bytes}`);
    }
    const number = this.#numbers.size;
    if (number >= MAX_NAMES) {
      throw new RangeError(`more than ${MAX_NAMES} target names on one link; pass what varies as an argument, not in the name`);
    }
    this.#numbers.set(name, number);
    return number;
  }
}

/** The names the other side has sent. */
export class NamesReceived {
  readonly #names: string[] = [];

  /** @throws BadFrame when the other side does not keep to the bounds */
  add(bytes: Buffer): void {
    if (bytes.length === 0 || bytes.length > MAX_NAME_BYTES) throw new BadFrame(`a target name of ${bytes.length} bytes`);
    if (this.#names.length >= MAX_NAMES) throw new BadFrame(`more than ${MAX_NAMES} target names`);
    this.#names.push(bytes.toString());
  }

  /** @throws BadFrame when there is no such name */
  get(number: number): string {
    const name = this.#names[number];
    if (name === undefined) throw new BadFrame(`target number ${number} was never named`);
    return name;
  }
}
