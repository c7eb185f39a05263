/**
 * The project's own TypeScript compiler, watching: each build is told once, with its errors and the files that it wrote.
 *
 * A build with errors writes nothing, so that a node that starts meanwhile finds the last code that compiled.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { StartFailed } from '../../errors';

export interface BuildError {
  /** Absolute; empty when it is about the whole. */
  readonly file: string;
  /** 0 when it is about the whole. */
  readonly line: number;
  readonly message: string;
}

export interface Build {
  readonly errors: readonly BuildError[];
  /** Absolute. */
  readonly written: readonly string[];
}

/** The options go before what the project's tsconfig says. */
const OPTIONS = ['--watch', '--preserveWatchOutput', '--pretty', 'false', '--noEmitOnError', '--listEmittedFiles', '--locale', 'en'];

/** Takes the lines of `tsc --watch` and puts them together to builds. Pure. */
export class BuildReader {
  readonly #dir: string;
  readonly #built: (build: Build) => void;
  #errors: { file: string; line: number; message: string }[] = [];
  #written: string[] = [];

  /** @param dir what files are named relative to */
  constructor(dir: string, built: (build: Build) => void) {
    this.#dir = dir;
    this.#built = built;
  }

  line(line: string): void {
    const [, file, at, message] = /^(?:(\S.*)\((\d+),\d+\): )?error (TS\d+: .*)$/.exec(line) ?? [];
    if (message !== undefined) {
      this.#errors.push({ file: file === undefined ? '' : resolve(this.#dir, file), line: Number(at ?? 0), message });
    } else if (line.startsWith('TSFILE: ')) {
      this.#written.push(resolve(this.#dir, line.slice('TSFILE: '.length)));
    } else if (/^ +\S/.test(line)) {
      // The compiler explains an error in lines that are set in.
      const last = this.#errors.at(-1);
      if (last) last.message += `\n${line}`;
    } else if (/ Found \d+ errors?\. Watching for file changes\.$/.test(line)) {
      const build = { errors: this.#errors, written: this.#written };
      this.#errors = [];
      this.#written = [];
      this.#built(build);
    }
  }
}

export class Compiler {
  readonly #process: ChildProcess;
  readonly exited: Promise<number | NodeJS.Signals>;

  /** @param dir the folder of the project's tsconfig.json. @throws StartFailed when the project has no TypeScript */
  constructor(dir: string, built: (build: Build) => void) {
    const reader = new BuildReader(dir, built);
    this.#process = spawn(process.execPath, [compilerOf(dir), '--project', dir, ...OPTIONS], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own: who started it decides when Ctrl-C ends it.
      detached: true,
    });
    if (this.#process.stdout) createInterface({ input: this.#process.stdout }).on('line', (line) => reader.line(line));
    this.exited = new Promise((done) => this.#process.once('close', (code, signal) => done(code ?? signal ?? 1)));
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.exited;
  }
}

function compilerOf(dir: string): string {
  try {
    return createRequire(join(dir, 'package.json')).resolve('typescript/bin/tsc');
  } catch (cause) {
    throw new StartFailed(`${dir} has a tsconfig.json and no TypeScript; run: npm install --save-dev typescript`, { cause });
  }
}
