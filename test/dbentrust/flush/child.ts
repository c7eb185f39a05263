/** A writer in a process of its own, under a fault; says a line for each thing that happened to it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../world';

export class FaultyWriter {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  /** @param program a file beside this one @param fault as in FIREFLY_FAULT */
  static async start(program: string, argument: unknown, fault: string): Promise<FaultyWriter> {
    const child = spawn(process.execPath, [join(__dirname, program), JSON.stringify(argument)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FIREFLY_FAULT: fault },
    });
    return new FaultyWriter(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
  }

  get pid(): number {
    return this.#child.pid ?? assert.fail();
  }

  /** The next thing it says. */
  async line(): Promise<string | undefined> {
    const { value } = await this.#lines.next();
    return value as string | undefined;
  }

  /** Settles when it is frozen. */
  stopped(): Promise<void> {
    return until(async () => /^State:\s+T/m.test(await readFile(`/proc/${this.pid}/status`, 'utf8')));
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
