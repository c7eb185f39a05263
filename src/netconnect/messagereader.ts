/**
 * A short way for what clients send nearly always: a masked binary message, unfragmented and whole in one chunk. Everything else goes to ws, byte for byte.
 *
 * It follows the frames' lengths, so it knows at each byte whose turn it is. ws makes six views of the memory for each small message; here it is one,
 * which halves the cost of reading.
 */

/** Final, no reserved bits, binary. */
const FINAL_BINARY = 0x82;
const FINAL = 0x80;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH = 0x7f;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const CLOSE = 8;
/** From here on an opcode is that of a control frame. */
const CONTROL = 8;

export interface MessageTargets {
  /** Takes a message. It is a view of what was read. */
  message(bytes: Buffer): void;
  /** Takes bytes that ws shall look at. */
  ws(bytes: Buffer): void;
}

export class MessageReader {
  readonly #targets: MessageTargets;
  readonly #mostBytes: number;
  /** The beginning of a head that lies in two chunks. */
  #head: Buffer | undefined;
  /** How much of it ws has already: it refuses a frame as soon as it can, be the rest never sent. */
  #given = 0;
  /** Bytes of a frame under way that are for ws. */
  #left = 0;
  /** Between the fragments of a message. */
  #isFragmented = false;
  /** The client says goodbye in the frame under way. */
  #isClosing = false;
  #isClosed = false;
  /** ws had a part of this chunk. Whether it found a mistake there is known when the next chunk comes, so the rest is for ws too. */
  #isSlow = false;

  /** @param mostBytes a larger message is for ws, which refuses it */
  constructor(targets: MessageTargets, mostBytes: number) {
    this.#targets = targets;
    this.#mostBytes = mostBytes;
  }

  /** Nothing that follows is looked at: ws has found a mistake. */
  close(): void {
    this.#isClosed = true;
  }

  /** Takes what was read; messages are unmasked in place. */
  read(chunk: Buffer): void {
    const data = this.#head ? Buffer.concat([this.#head, chunk]) : chunk;
    this.#head = undefined;
    this.#isSlow = false;
    let at = 0;
    while (at < data.length && !this.#isClosed) {
      if (this.#left > 0) {
        at = this.#pass(data, at);
        continue;
      }
      const next = this.#take(data, at);
      if (next === at && this.#left === 0) {
        this.#head = Buffer.from(data.subarray(at));
        return;
      }
      at = next;
    }
  }

  /**
   * Takes the frame at `at`: a usual message the short way, else `#left` says how much of it is for ws.
   *
   * @returns where to go on; `at`, with `#left` 0, when more bytes have to come first
   */
  #take(data: Buffer, at: number): number {
    const rest = data.length - at;
    if (rest < 2) return at;
    const first = data[at] ?? 0;
    const second = data[at + 1] ?? 0;
    const short = second & LENGTH;
    const lengthBytes = short < TWO_BYTES ? 0 : short === TWO_BYTES ? 2 : 8;
    const mayBeUsual =
      first === FINAL_BINARY && second >= MASKED && short !== EIGHT_BYTES && !this.#isFragmented && !this.#isSlow && this.#given === 0;
    if (rest < 2 + lengthBytes) {
      if (!mayBeUsual) this.#give(data.subarray(at + this.#given), rest);
      return at;
    }
    const length = lengthBytes === 0 ? short : lengthBytes === 2 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
    const headBytes = 2 + lengthBytes + (second & MASKED ? 4 : 0);
    if (mayBeUsual && length <= this.#mostBytes) {
      if (rest < headBytes) return at;
      const start = at + headBytes;
      if (rest >= headBytes + length) {
        unmask(data, start, length);
        this.#targets.message(data.subarray(start, start + length));
        return start + length;
      }
    }
    const from = at + this.#given;
    this.#left = headBytes + length - this.#given;
    this.#given = 0;
    const opcode = first & OPCODE;
    if (opcode < CONTROL) this.#isFragmented = (first & FINAL) === 0;
    this.#isClosing = opcode === CLOSE;
    return from;
  }

  /** Gives ws the beginning of a head. @param given how much of the head it has then */
  #give(bytes: Buffer, given: number): void {
    this.#given = given;
    this.#isSlow = true;
    this.#targets.ws(bytes);
  }

  /** Gives ws its part. @returns where that ends */
  #pass(data: Buffer, at: number): number {
    const end = Math.min(data.length, at + this.#left);
    this.#left -= end - at;
    this.#isSlow = true;
    this.#isClosed = this.#isClosing && this.#left === 0;
    this.#targets.ws(data.subarray(at, end));
    return end;
  }
}

/** The four bytes before `start` are the mask. */
function unmask(data: Buffer, start: number, length: number): void {
  const a = data[start - 4] ?? 0;
  const b = data[start - 3] ?? 0;
  const c = data[start - 2] ?? 0;
  const d = data[start - 1] ?? 0;
  const end = start + length;
  const whole = end - (length & 3);
  let at = start;
  for (; at < whole; at += 4) {
    data[at] = (data[at] ?? 0) ^ a;
    data[at + 1] = (data[at + 1] ?? 0) ^ b;
    data[at + 2] = (data[at + 2] ?? 0) ^ c;
    data[at + 3] = (data[at + 3] ?? 0) ^ d;
  }
  for (let i = 0; at < end; at++, i++) data[at] = (data[at] ?? 0) ^ (i === 0 ? a : i === 1 ? b : c);
}
