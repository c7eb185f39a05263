/** Many connections of the C program `crowd`, that are pushed to or just there. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const END_MS = 5_000;

export class Crowd implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<void>;
  #complaint = '';

  private constructor(program: string, port: number, count: number, options: readonly string[]) {
    this.#child = spawn(program, ['-p', String(port), '-c', String(count), ...options], { stdio: 'pipe' });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint += text;
    });
    // A program that has ended takes no more orders; its complaint says why.
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#closed = new Promise((resolve, reject) => this.#child.once('close', () => resolve()).once('error', reject));
  }

  /** Connects them all, and has each get an answer. @param options of the program: `-W` is over WebSocket */
  static async gather(program: string, port: number, count: number, options: readonly string[] = []): Promise<Crowd> {
    const crowd = new Crowd(program, port, count, options);
    try {
      await crowd.#answer();
      return crowd;
    } catch (error) {
      await crowd[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Has one of them send `command`, and returns the milliseconds until all of them got a frame of `topic`. */
  async push(command: number, topic: number): Promise<number> {
    this.#child.stdin.write(`${command} ${topic}\n`);
    return (await this.#answer()).ms;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    const force = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await this.#closed.finally(() => clearTimeout(force));
  }

  async #answer(): Promise<{ ms: number }> {
    const line = await this.#lines.next();
    if (!line.done) return JSON.parse(line.value) as { ms: number };
    await this.#closed;
    throw new Error(`the crowd has ended: ${this.#complaint.trim()}`);
  }
}
