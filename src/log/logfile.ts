/**
 * The file of a log. One that cannot be opened or written (a wrong owner, a full disk) is said once, tried again with later lines, and costs lines,
 * never the process.
 */
import { dirname } from 'node:path';
import pino from 'pino';
import { makeOwnFile, makeOwnFolder } from '../config/ownfiles';
import { messageOf } from '../thrown';

/** Lines kept while the disk takes none; more are lost. */
const UNWRITTEN_BYTES = 4 * 1024 * 1024;
/** A file that could not be opened is tried again with a line, after so long at least. */
const AGAIN_MS = 5_000;
/** A disk that takes a line now and then is not told of each time. */
const TOLD_MS = 60_000;

type Destination = ReturnType<typeof pino.destination>;

export interface LogFileOptions {
  /** Left out: 5 seconds. */
  readonly againMs?: number;
  /** Absolute; its folder is made. */
  readonly path: string;
  /** Told why lines are lost from here on. */
  readonly failed: (reason: string) => void;
  /** Told that they are written again, and how many were lost. */
  readonly mended: (lost: number) => void;
}

export class LogFile {
  /** Why lines do not get into the file; undefined while they do. */
  trouble: string | undefined;
  readonly #options: LogFileOptions;
  #file: Destination | undefined;
  #triedAt = 0;
  #lost = 0;
  #toldOf = '';
  #toldAt = 0;
  /** What was told last is that it fails. */
  #isTold = false;

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#open();
  }

  write(line: string): void {
    if (!this.#file && performance.now() - this.#triedAt >= (this.#options.againMs ?? AGAIN_MS)) this.#open();
    if (this.#file) this.#file.write(line);
    else this.#lost += 1;
  }

  #open(): void {
    const { path } = this.#options;
    this.#triedAt = performance.now();
    try {
      makeOwnFolder(dirname(path));
      makeOwnFile(path);
      // Opened in this turn, so that it throws; an error of a write comes as an event.
      const file = pino.destination({ dest: path, sync: true, append: true, maxLength: UNWRITTEN_BYTES });
      file.on('error', (error: Error) => this.#failed(error));
      file.on('drop', () => {
        this.#lost += 1;
      });
      file.on('write', () => {
        if (this.trouble !== undefined) this.#mended();
      });
      this.#file = file;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const reason = messageOf(error);
    const now = performance.now();
    const isKnown = reason === this.#toldOf && (this.trouble !== undefined || now - this.#toldAt < TOLD_MS);
    this.trouble = reason;
    if (isKnown) return;
    this.#toldOf = reason;
    this.#toldAt = now;
    this.#isTold = true;
    this.#options.failed(reason);
  }

  #mended(): void {
    this.trouble = undefined;
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#options.mended(this.#lost);
    this.#lost = 0;
  }
}
