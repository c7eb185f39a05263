/**
 * What the master gives out once and never again: epochs of node names, and ranges of connection numbers.
 *
 * Kept in a file that is replaced whole and synced before a grant is told, so that a restarted master repeats nothing.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../config/datafolder';
import { giveToFolder, makeOwnFolder } from '../config/ownfiles';
import { StartFailed } from '../errors';

/** Connection numbers a net node gets at a start: more than it can use in its life. 2^21 starts fit the safe integers. */
const RANGE = 2 ** 32;

interface Granted {
  readonly epochs: Record<string, number>;
  nextRange: number;
}

export class Grants {
  readonly #file: string;
  readonly #granted: Granted;

  /** @throws StartFailed when the file is there and cannot be read */
  constructor(file: string) {
    this.#file = file;
    this.#granted = read(file);
  }

  /** The newest epoch of a name; 0 when it never had one. */
  epochOf(name: string): number {
    return this.#granted.epochs[name] ?? 0;
  }

  /** Grants the next epoch of a name. */
  nextEpoch(name: string): number {
    return this.#save(name, this.epochOf(name) + 1);
  }

  /** Takes note of an epoch that an earlier master granted. */
  seen(name: string, epoch: number): void {
    if (epoch > this.epochOf(name)) this.#save(name, epoch);
  }

  /** Grants a range of connection numbers. */
  nextRange(): { first: number; count: number } {
    const range = this.#granted.nextRange++;
    this.#write();
    // Zero stays free: game code likes to ask `if (dynamicId)`.
    return range === 0 ? { first: 1, count: RANGE - 1 } : { first: range * RANGE, count: RANGE };
  }

  #save(name: string, epoch: number): number {
    this.#granted.epochs[name] = epoch;
    this.#write();
    return epoch;
  }

  #write(): void {
    makeOwnFolder(dirname(this.#file));
    const draft = `${this.#file}.new`;
    const handle = openSync(draft, 'w', 0o600);
    try {
      giveToFolder(draft, handle);
      writeSync(handle, JSON.stringify(this.#granted));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, this.#file);
    syncFolder(dirname(this.#file));
  }
}

function read(file: string): Granted {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { epochs: {}, nextRange: 0 };
    throw new StartFailed(`${file} cannot be read`, { cause: error });
  }
  try {
    const { epochs, nextRange } = JSON.parse(text) as Partial<Granted>;
    if (typeof epochs === 'object' && Number.isSafeInteger(nextRange)) return { epochs: { ...epochs }, nextRange: nextRange ?? 0 };
    throw new TypeError('epochs or nextRange is missing');
  } catch (error) {
    throw new StartFailed(`${file} is damaged; stop all nodes and delete it`, { cause: error });
  }
}
