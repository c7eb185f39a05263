/** Runs `crasher` and keeps what it says. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Applied } from '../../../src/dbentrust/journal/contract';
import type { JournalFolder } from './folder';

const DEADLINE_MS = 60_000;

export interface Ack {
  readonly sequence: number;
  readonly text: string;
}

export class Crasher implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  #output = '';

  constructor(folder: JournalFolder, run: string, fault: string, seed = 1) {
    this.#child = spawn(process.execPath, [join(__dirname, 'crasher.js'), folder.path, run], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FIREFLY_FAULT: fault, FIREFLY_FAULT_SEED: String(seed) },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#exit = once(this.#child, 'close');
  }

  get lines(): string[] {
    return this.#output.split('\n').slice(0, -1);
  }

  get acks(): Ack[] {
    return this.lines.flatMap((line) => {
      const [, sequence, text] = /^ack (\d+) (.*)$/.exec(line) ?? [];
      return sequence === undefined || text === undefined ? [] : { sequence: Number(sequence), text };
    });
  }

  /** Waits for its end and returns the signal that ended it, or its exit code. */
  async end(): Promise<string | number | null> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), DEADLINE_MS);
    await this.#exit;
    clearTimeout(timer);
    return this.#child.signalCode ?? this.#child.exitCode;
  }

  /** Waits until it has stopped itself. */
  async frozen(): Promise<void> {
    const end = performance.now() + DEADLINE_MS;
    while (!/^State:\s+T/m.test(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))) {
      assert.ok(performance.now() < end && this.#child.exitCode === null, `it did not freeze: ${this.lines.slice(-3)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}

/** What the crasher's SQL knows. */
export function appliedOf(folder: JournalFolder): Applied | undefined {
  const path = join(folder.path, 'applied');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Every acknowledged record that SQL does not have is among the entries that a writer finds. */
export function assertHasAll(acks: readonly Ack[], found: ReadonlyMap<number, string>, applied: Applied | undefined): void {
  const lost = acks.filter(({ sequence, text }) => sequence > (applied?.position ?? 0) && found.get(sequence) !== text);
  assert.deepEqual(lost, []);
}
