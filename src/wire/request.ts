/**
 * Calls and notifications on the wire: a target and its arguments.
 *
 * A command travels as its number. A name travels once, in a frame of its own, and as its place in the table of names from then on; both
 * sides count them in the order sent.
 */
import { BadFrame } from '../errors';
import type { Cursor } from './cursor';
import { Kind } from './frame';
import { NamesReceived, NamesSent } from './names';
import type { Outbox } from './outbox';
import { readValue, writeValue } from './values';

/** What a call names: a target by name, or a command by number. */
export type LinkKey = string | number;

const NAME = 0;
const COMMAND = 1;
const MAX_COMMAND = 0xffff_ffff;
const MAX_ARGUMENTS = 0xffff;

export class RequestWriter {
  readonly #names = new NamesSent();
  readonly #out: Outbox;

  constructor(out: Outbox) {
    this.#out = out;
  }

  /**
   * Writes a frame and leaves it uncommitted; a new name is committed before it.
   *
   * @param id of a call; nothing for a notification
   * @throws RangeError for a target or a number of arguments that cannot travel, Oversize, or what a value's encoding throws
   */
  write(target: LinkKey, args: readonly unknown[], id?: number): void {
    const out = this.#out;
    const number = typeof target === 'number' ? commandNumber(target) : (this.#names.numberOf(target) ?? this.#introduce(target));
    if (args.length > MAX_ARGUMENTS) throw new RangeError(`${args.length} arguments for ${target}; pass them as one list`);
    if (id === undefined) {
      out.begin(Kind.notify);
    } else {
      out.begin(Kind.call);
      out.u32(id);
    }
    out.u8(typeof target === 'number' ? COMMAND : NAME);
    out.u32(number);
    out.u16(args.length);
    for (let i = 0; i < args.length; i++) writeValue(out, args[i]);
  }

  #introduce(name: string): number {
    const number = this.#names.add(name);
    this.#out.begin(Kind.name);
    this.#out.bytes(Buffer.from(name));
    this.#out.commit();
    return number;
  }
}

export class RequestReader {
  readonly #names = new NamesReceived();
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Takes the body of a `name` frame. @throws BadFrame */
  name(): void {
    this.#names.add(this.#cursor.bytes());
  }

  /** @throws BadFrame */
  target(): LinkKey {
    const type = this.#cursor.u8();
    const number = this.#cursor.u32();
    if (type === COMMAND) return number;
    if (type !== NAME) throw new BadFrame(`unknown type of target ${type}`);
    return this.#names.get(number);
  }

  /** @throws BadFrame */
  arguments(): unknown[] {
    const args: unknown[] = [];
    for (let count = this.#cursor.u16(); count > 0; count--) args.push(readValue(this.#cursor));
    this.#cursor.done();
    return args;
  }
}

function commandNumber(target: number): number {
  if (Number.isInteger(target) && target >= 0 && target <= MAX_COMMAND) return target;
  throw new RangeError(`${target} is no command; a command is 0 to ${MAX_COMMAND}`);
}
