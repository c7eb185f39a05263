/**
 * Reads the header that a proxy puts in front of a client's bytes: PROXY protocol, version 2, the binary form.
 *
 * Pure: knows no socket. It keeps the addresses at the header's start and counts the rest away, so a header of any length costs no more than 52 bytes.
 */
import { SocketAddress } from 'node:net';
import { BadFrame } from '../errors';

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** Signature, version and command, family, length of what follows. */
const FIXED_BYTES = 16;
const IPV4_BYTES = 12;
const IPV6_BYTES = 36;

export class ProxyHeader {
  readonly #kept = Buffer.alloc(FIXED_BYTES + IPV6_BYTES);
  #read = 0;
  #bytes = FIXED_BYTES;

  get isComplete(): boolean {
    return this.#read >= this.#bytes;
  }

  /**
   * Takes the bytes of a chunk that belong to the header.
   *
   * @returns how many; what follows is the client's own
   * @throws BadFrame at the first byte that no header of version 2 has there
   */
  take(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length && !this.isComplete) {
      const wanted = this.#read < FIXED_BYTES ? FIXED_BYTES : this.#bytes;
      const piece = chunk.subarray(at, at + wanted - this.#read);
      piece.copy(this.#kept, Math.min(this.#read, this.#kept.length));
      this.#read += piece.length;
      at += piece.length;
      if (wanted === FIXED_BYTES) this.#checkStart();
    }
    return at;
  }

  /** The client's address; nothing when the proxy speaks for itself (a health check) or names no IP address. */
  get source(): string | undefined {
    const given = this.#bytes - FIXED_BYTES;
    const isProxied = (this.#kept[12] ?? 0) === 0x21;
    const family = (this.#kept[13] ?? 0) >> 4;
    if (!isProxied) return undefined;
    if (family === 1 && given >= IPV4_BYTES) return this.#kept.subarray(FIXED_BYTES, FIXED_BYTES + 4).join('.');
    return family === 2 && given >= IPV6_BYTES ? ipv6(this.#kept.subarray(FIXED_BYTES, FIXED_BYTES + 16)) : undefined;
  }

  #checkStart(): void {
    const kept = this.#kept;
    const start = kept.subarray(0, Math.min(this.#read, SIGNATURE.length));
    if (!start.equals(SIGNATURE.subarray(0, start.length))) {
      throw new BadFrame(
        start.toString('latin1').startsWith('PROXY'.slice(0, start.length)) && start.length > 1
          ? 'a PROXY header of version 1; let the proxy send version 2'
          : 'no PROXY header of version 2; the proxy must send one, and nobody but the proxy may connect',
      );
    }
    if (this.#read < FIXED_BYTES) return;
    const [command = 0, family = 0] = kept.subarray(12, 14);
    const bytes = kept.readUInt16BE(14);
    if (command !== 0x20 && command !== 0x21) throw new BadFrame(`a PROXY header of another version or command (0x${hex(command)})`);
    if (family >> 4 > 3 || (family & 0x0f) > 2) throw new BadFrame(`a PROXY header of an unknown family (0x${hex(family)})`);
    const least = command === 0x20 ? 0 : ([0, IPV4_BYTES, IPV6_BYTES, 216][family >> 4] ?? 0);
    if (bytes < least) throw new BadFrame(`a PROXY header of ${bytes} bytes where its addresses take ${least}`);
    this.#bytes = FIXED_BYTES + bytes;
  }
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16));
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
