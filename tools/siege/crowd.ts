/** The bots, in a process of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Books } from '../bots/books';
import type { City } from './city';
import type { Options } from './options';

const SCRIPT = join(__dirname, '../bots/bots.js');
/** Longer than any siege: they are told when to leave. */
const MINUTES = 10_000;
/** Of the bots' accounts, before a number. */
export const NAME = 'siege';
/** Every bot ends what it has begun. */
const LEAVE_MS = 60_000;

export class Crowd implements Disposable {
  readonly #child: ChildProcess;
  readonly #books: string;
  readonly #ended: Promise<number | null>;
  readonly #killWithUs = () => this.#child.kill('SIGKILL');
  #table = '';

  constructor({ cluster, folder, ports }: City, { bots, ramp, think, seed }: Options) {
    this.#books = join(folder, 'books.json');
    const options = { name: NAME, bots, ramp, think, seed, minutes: MINUTES, port: ports.join(','), books: this.#books };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#child = spawn(process.execPath, [SCRIPT, ...args], {
      env: { ...process.env, ...cluster.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#table += text;
    });
    process.once('exit', this.#killWithUs);
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** @throws Error when it has ended by itself */
  assertPlays(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) throw new Error(`the bots have ended: ${exitCode ?? signalCode}`);
  }

  /** Lets all bots leave. @returns what they have noted, and their table */
  async leave(): Promise<{ readonly books: Books; readonly table: string }> {
    this.assertPlays();
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), LEAVE_MS);
    const code = await this.#ended;
    clearTimeout(late);
    // 1: not every request was answered, which nobody expects here.
    if (code !== 0 && code !== 1) throw new Error(`the bots ended with ${code ?? 'a signal'}`);
    return { books: JSON.parse(readFileSync(this.#books, 'utf8')) as Books, table: this.#table };
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#killWithUs);
    this.#child.kill('SIGKILL');
  }
}
