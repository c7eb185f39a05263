/**
 * The client frame: 5 magic bytes, u32 server version, u32 length + 4, u32 command, then the payload; all big-endian, both directions alike.
 *
 * Pure: knows no socket and no limit. A game with another header brings its own `DataProtocol`.
 */

/** What a header says. `length` is the payload's bytes and may be negative: the header is data of an unknown peer. */
export interface Unpacked {
  /** False when it is no header of this protocol; the other fields mean nothing then. */
  readonly result: boolean;
  readonly command: number;
  readonly length: number;
}

/** A frame format (Firefly's IDataPackProtoc). */
export interface DataProtocol {
  /** Bytes of the header. */
  getHeadlength(): number;
  unpack(header: Buffer): Unpacked;
  /** Encodes a whole frame. */
  pack(response: Buffer | string, command: number): Buffer;
}

const HEAD_BYTES = 17;
const MAX_U32 = 0xffff_ffff;

/** The length field counts the command's four bytes. */
const COMMAND_BYTES = 4;

export class DataPackProtoc implements DataProtocol {
  /** HEAD_0 to HEAD_3 and protoVersion, as they stand on the wire. */
  readonly #magic = Buffer.alloc(5);
  #serverVersion = 0;

  /** @throws RangeError when a magic byte is not 0 to 255, or the server version not a u32 */
  constructor(HEAD_0 = 0, HEAD_1 = 0, HEAD_2 = 0, HEAD_3 = 0, protoVersion = 0, serverVersion = 0) {
    this.setHEAD_0(HEAD_0);
    this.setHEAD_1(HEAD_1);
    this.setHEAD_2(HEAD_2);
    this.setHEAD_3(HEAD_3);
    this.setprotoVersion(protoVersion);
    this.setserverVersion(serverVersion);
  }

  setHEAD_0(byte: number): void {
    this.#magic.writeUInt8(byte, 0);
  }

  setHEAD_1(byte: number): void {
    this.#magic.writeUInt8(byte, 1);
  }

  setHEAD_2(byte: number): void {
    this.#magic.writeUInt8(byte, 2);
  }

  setHEAD_3(byte: number): void {
    this.#magic.writeUInt8(byte, 3);
  }

  setprotoVersion(byte: number): void {
    this.#magic.writeUInt8(byte, 4);
  }

  setserverVersion(version: number): void {
    assertU32(version, 'a server version');
    this.#serverVersion = version;
  }

  getHeadlength(): number {
    return HEAD_BYTES;
  }

  /** Reads the header at the start of `header`. */
  unpack(header: Buffer): Unpacked {
    return this.unpackAt(header, 0);
  }

  /** Reads the header at `at`; spares the view that `unpack` needs for each frame of a chunk. */
  unpackAt(data: Buffer, at: number): Unpacked {
    const magic = this.#magic;
    if (
      data.length - at < HEAD_BYTES ||
      data[at] !== magic[0] ||
      data[at + 1] !== magic[1] ||
      data[at + 2] !== magic[2] ||
      data[at + 3] !== magic[3] ||
      data[at + 4] !== magic[4] ||
      data.readUInt32BE(at + 5) !== this.#serverVersion
    ) {
      return NOT_OURS;
    }
    return { result: true, command: data.readUInt32BE(at + 13), length: data.readUInt32BE(at + 9) - COMMAND_BYTES };
  }

  /** @throws RangeError when the command does not fit a u32 */
  pack(response: Buffer | string, command: number): Buffer {
    const length = typeof response === 'string' ? Buffer.byteLength(response) : response.length;
    const frame = Buffer.allocUnsafe(HEAD_BYTES + length);
    this.packAt(frame, 0, response, length, command);
    return frame;
  }

  /**
   * Encodes a frame into `target`, which has the room.
   *
   * @param length bytes of `response`
   * @throws RangeError when the command does not fit a u32; nothing is written then
   */
  packAt(target: Buffer, at: number, response: Uint8Array | string, length: number, command: number): void {
    assertU32(command, 'a command');
    target.set(this.#magic, at);
    target.writeUInt32BE(this.#serverVersion, at + 5);
    target.writeUInt32BE(length + COMMAND_BYTES, at + 9);
    target.writeUInt32BE(command, at + 13);
    if (typeof response === 'string') target.write(response, at + HEAD_BYTES);
    else target.set(response, at + HEAD_BYTES);
  }
}

const NOT_OURS: Unpacked = { result: false, command: 0, length: 0 };

/** Whether a protocol's frames can be read and written in place: not when a subclass has a format of its own. */
export function isInPlace(protocol: DataProtocol): protocol is DataPackProtoc {
  return (
    protocol instanceof DataPackProtoc &&
    protocol.unpack === DataPackProtoc.prototype.unpack &&
    protocol.pack === DataPackProtoc.prototype.pack
  );
}

function assertU32(value: number, what: string): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= MAX_U32)) throw new RangeError(`${what} is 0 to ${MAX_U32}, not ${value}`);
}
