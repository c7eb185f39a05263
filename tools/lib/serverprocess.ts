/** A server of somebody else's as a private instance: a process on a free loopback port that ends with this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from './packages';

export interface Service {
  readonly host: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Kills the process in its tracks; its folder stays. */
  kill(): Promise<void>;
  /** Starts it again where `kill` ended it: same port, same folder. */
  revive(): Promise<void>;
  /** Stops the process in its tracks (SIGSTOP) and waits until each of its threads stands. */
  freeze(): Promise<void>;
  /** Lets a frozen process go on. */
  thaw(): void;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

export const HOST = '127.0.0.1';
const READY_MS = 30_000;
const REVIVALS = 10;
const REVIVE_MS = 1_000;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** What it writes when it serves; undefined: it serves when it accepts. */
  readonly ready: RegExp | undefined;
}

/** Starts on a free port; when somebody took that port in between, on another. */
export async function startProgram(
  name: string,
  dir: string | undefined,
  command: (port: number) => Command,
  fixedPort?: number,
): Promise<Service> {
  for (let attempt = 1; ; attempt++) {
    const port = fixedPort ?? (await freePort());
    const program = new Program(name, port, dir, command(port));
    const failure = await program.run();
    if (failure === undefined) return program;
    const takenMeanwhile = /in use/i.test(failure) && attempt < 5 && fixedPort === undefined;
    if (takenMeanwhile) continue;
    await program.stop();
    throw new Error(`${name} did not start: ${failure}`);
  }
}

/** A server in a process of its own, which ends with this one. */
class Program implements Service {
  readonly host = HOST;
  readonly #name: string;
  readonly #dir: string | undefined;
  readonly #command: Command;
  #child: ChildProcess | undefined;
  readonly #killWithUs = () => {
    this.#child?.kill('SIGKILL');
    if (this.#dir) rmSync(this.#dir, { recursive: true, force: true });
  };

  constructor(
    name: string,
    readonly port: number,
    dir: string | undefined,
    command: Command,
  ) {
    this.#name = name;
    this.#dir = dir;
    this.#command = command;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** @returns what it said when it did not get ready */
  async run(): Promise<string | undefined> {
    const { program, args, ready } = this.#command;
    const [file = program, ...rest] = [...leash(), program, ...args];
    const child = spawn(file, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const output = new Output(child);
    process.off('exit', this.#killWithUs);
    process.once('exit', this.#killWithUs);
    if ((await isReady(child, output, this.port, ready)) && child.pid !== undefined) return undefined;
    process.off('exit', this.#killWithUs);
    return output.text.slice(-2000) || `no answer on port ${this.port} within ${READY_MS} ms`;
  }

  freeze(): Promise<void> {
    return freeze(this.pid);
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async revive(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const failure = await this.run();
      if (failure === undefined) return;
      // A connection of anybody's may have been given the port meanwhile.
      if (!/in use/i.test(failure) || attempt === REVIVALS) throw new Error(`${this.#name} did not start again: ${failure}`);
      await delay(REVIVE_MS);
    }
  }

  async stop(): Promise<void> {
    process.off('exit', this.#killWithUs);
    await this.kill();
    if (this.#dir) rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Where util-linux has it, a prefix that lets the kernel end the server when this process dies without a word. */
function leash(): string[] {
  const setpriv = findProgram('setpriv');
  return setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : [];
}

/** The end of what a program wrote, and whether it is still there. */
class Output {
  text = '';
  ended = false;

  constructor(child: ChildProcess) {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.text = (this.text + chunk).slice(-16_384);
    });
    child.once('error', (error) => {
      this.text += error.message;
      this.ended = true;
    });
    child.once('exit', () => {
      this.ended = true;
    });
  }
}

async function isReady(child: ChildProcess, output: Output, port: number, ready: RegExp | undefined): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (!output.ended && Date.now() < deadline) {
    if (ready ? ready.test(output.text) : await accepts(port)) return true;
    await delay(10);
  }
  child.kill('SIGKILL');
  return false;
}

async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return;
  const stands = (task: string): boolean => / T /.test(readFileSync(join(tasks, task, 'stat'), 'utf8'));
  while (!readdirSync(tasks).every(stands)) await delay(1);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
