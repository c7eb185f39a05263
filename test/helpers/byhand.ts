/** A process of the project started as a person does it in a terminal: `node appmain.js gate config.json`. Ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from '../../tools/lib/wait';

const ROOT = resolve(__dirname, '../..');

export class ByHand implements AsyncDisposable {
  /** Standard output and standard error, in the order they came. */
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly process: ChildProcess;
  #isClosed = false;

  /**
   * @param args script and arguments, relative to the project's root
   * @param through what the command line begins with, such as the way to another host
   */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, through: readonly string[] = []) {
    const [program = process.execPath, ...rest] = [...through, process.execPath, ...args];
    this.process = spawn(program, rest, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.once('close', () => {
      this.#isClosed = true;
    });
    const { stdout, stderr } = this.process;
    if (stdout) createInterface({ input: stdout }).on('line', (line) => this.lines.push(line));
    if (stderr) createInterface({ input: stderr }).on('line', (line) => this.lines.push(line) && this.errors.push(line));
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  waitForLine(pattern: RegExp, deadlineMs?: number): Promise<string> {
    const said = () => `line ${pattern}; it wrote:\n${this.lines.join('\n')}`;
    return waitFor(() => this.lines.find((line) => pattern.test(line)), said, deadlineMs);
  }

  /** Waits for its end and returns the exit code or the signal. */
  async ended(deadlineMs?: number): Promise<number | NodeJS.Signals> {
    await waitFor(
      () => this.#isClosed,
      () => `end of process ${this.pid}; it wrote:\n${this.lines.join('\n')}`,
      deadlineMs,
    );
    return this.process.exitCode ?? this.process.signalCode ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended();
  }
}
