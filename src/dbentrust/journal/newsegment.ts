/**
 * A segment in the making: written under another name, synced, and only then given its own.
 *
 * So a `.journal` file always has what a reader needs to begin with, and what lies in front of `sealed` can only be damaged, never torn.
 */
import { join } from 'node:path';
import type { Files, JournalFile } from './files';
import { FrameBuffer } from './framebuffer';
import { encodeHeader, HEADER_BYTES, openingName, type SegmentName, seedOf, segmentName } from './header';
import { withRoom } from './room';

const WRITE_BYTES = 4 * 1024 * 1024;

/** A segment that has its name, open for what comes. */
export interface OpenSegment extends SegmentName {
  readonly file: JournalFile;
  readonly seed: number;
  readonly bytes: number;
}

export class NewSegment {
  readonly #files: Files;
  readonly #folder: string;
  readonly #uuid: string;
  readonly #name: SegmentName;
  readonly #file: JournalFile;
  readonly #frames: FrameBuffer;
  readonly #makeRoom: () => Promise<boolean>;
  #bytes = HEADER_BYTES;

  private constructor(files: Files, folder: string, uuid: string, name: SegmentName, file: JournalFile, makeRoom: () => Promise<boolean>) {
    this.#files = files;
    this.#folder = folder;
    this.#uuid = uuid;
    this.#name = name;
    this.#file = file;
    this.#makeRoom = makeRoom;
    this.#frames = new FrameBuffer(seedOf(uuid, name.epoch, name.first));
  }

  /** @param makeRoom asked when the disk is full; whether it is worth another try */
  static async begin(
    files: Files,
    folder: string,
    uuid: string,
    epoch: number,
    first: number,
    makeRoom: () => Promise<boolean> = async () => false,
  ): Promise<NewSegment> {
    const name = segmentName(epoch, first);
    const path = join(folder, openingName(name));
    // Left over from a try that found the disk full; nobody else makes files of this epoch.
    await files.remove(path);
    return new NewSegment(files, folder, uuid, name, await withRoom(() => files.create(path), makeRoom), makeRoom);
  }

  add(kind: number, sequence: number, payload: Uint8Array): void {
    this.#frames.add(kind, sequence, payload);
  }

  /** Writes what was added, when it has become much. */
  async drainSome(): Promise<void> {
    if (this.#frames.bytes >= WRITE_BYTES) await this.#drain();
  }

  async #drain(): Promise<void> {
    await this.#write(this.#frames.buffers(), this.#bytes);
    this.#bytes += this.#frames.bytes;
    this.#frames.clear(this.#seed);
  }

  /** Makes it durable under its name. */
  async finish(): Promise<OpenSegment> {
    await this.#drain();
    const { epoch, first } = this.#name;
    await this.#write([encodeHeader({ uuid: this.#uuid, epoch, first, sealed: this.#bytes })], 0);
    await this.#file.datasync();
    await this.#files.rename(join(this.#folder, openingName(this.#name)), join(this.#folder, this.#name.name));
    await this.#files.syncFolder(this.#folder);
    return { ...this.#name, file: this.#file, seed: this.#seed, bytes: this.#bytes };
  }

  #write(buffers: readonly Buffer[], position: number): Promise<void> {
    return withRoom(() => this.#file.write(buffers, position), this.#makeRoom);
  }

  /** Gives it up. */
  async abandon(): Promise<void> {
    await this.#file.close();
    await this.#files.remove(join(this.#folder, openingName(this.#name)));
  }

  get #seed(): number {
    return seedOf(this.#uuid, this.#name.epoch, this.#name.first);
  }
}
