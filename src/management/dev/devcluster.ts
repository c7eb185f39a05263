/** The cluster of a project under work, as a process: started once, and ended when whoever started it ends, however that ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export class DevCluster {
  readonly #startmaster: string;
  readonly #configPath: string;
  #process: ChildProcess | undefined;
  #ended: (code: number) => void = () => {};
  /** Settles with its exit code; with 0 when it is ended before it was started. */
  readonly exited: Promise<number>;

  /** @param startmaster the script of the framework that the project has */
  constructor(startmaster: string, configPath: string) {
    this.#startmaster = startmaster;
    this.#configPath = configPath;
    this.exited = new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  get isStarted(): boolean {
    return this.#process !== undefined;
  }

  start(): void {
    this.#process = spawn(process.execPath, [join(__dirname, 'runner.js'), this.#startmaster, '--config', this.#configPath], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A group of its own: Ctrl-C reaches the tool alone, which passes it on.
      detached: true,
    });
    this.#process.once('exit', (code) => this.#ended(code ?? 1));
    this.#process.once('error', () => this.#ended(1));
  }

  /** Like Ctrl-C in its terminal: in order the first time, at once the second. */
  end(): void {
    if (this.#process) this.#process.kill('SIGINT');
    else this.#ended(0);
  }
}
