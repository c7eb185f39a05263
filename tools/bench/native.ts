/**
 * The load programs: C sources of this folder, compiled for this run into the system's folder for temporary files.
 *
 * They are in C because a load in Node would cost more than what it measures.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The emitted code lies beside the sources. */
const SOURCES = resolve(__dirname, 'native');

export class NativePrograms implements AsyncDisposable {
  readonly loadgen: string;
  readonly crowd: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.loadgen = join(folder, 'loadgen');
    this.crowd = join(folder, 'crowd');
  }

  /** @throws Error that says what is missing when there is no compiler, or it cannot compile them here */
  static async compile(): Promise<NativePrograms> {
    if (process.platform !== 'linux') throw new Error('the benchmark runs on Linux only: its load programs use epoll');
    const programs = new NativePrograms(await mkdtemp(join(tmpdir(), 'firefly-bench-')));
    try {
      for (const name of ['loadgen', 'crowd'] as const) {
        await runProgram('cc', ['-O2', '-o', programs[name], join(SOURCES, `${name}.c`)]);
      }
      return programs;
    } catch (error) {
      await programs[Symbol.asyncDispose]();
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error('the benchmark needs a C compiler, and there is no cc; on Debian: apt-get install -y gcc libc6-dev', {
        cause: error,
      });
    }
  }

  /** A new file's path that goes with the programs. */
  file(name: string): string {
    return join(this.#folder, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Runs a program to its end and returns what it printed.
 *
 * @param started gets the process, for whoever may have to end it
 * @throws Error with what it complained of, when its exit code is not 0
 */
export async function runProgram(path: string, args: readonly string[], started?: (child: ChildProcess) => void): Promise<string> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  started?.(child);
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${path} ended with ${code ?? signal}: ${`${complaint}${output}`.trim()}`);
  return output;
}
