/** A process of the benchmark's own, forked: says its port when it is ready, answers questions, and ends with whoever forked it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

const START_MS = 10_000;
const END_MS = 5_000;

type Message = { readonly value: unknown } | { readonly error: string };

/** The parent's side. */
export class Peer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #script: string;
  readonly #exited: Promise<void>;
  /** The port that it told; 0 for one that listens nowhere. */
  port = 0;

  private constructor(script: string, args: readonly string[]) {
    this.#script = script;
    this.#child = fork(join(__dirname, script), args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A session of its own, like a node of a cluster: Linux shares the processors out by session.
      detached: true,
    });
    this.#exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /** @param script a file of this folder. @throws Error when it does not get ready */
  static async start(script: string, ...args: readonly (string | number)[]): Promise<Peer> {
    const peer = new Peer(script, args.map(String));
    try {
      peer.port = Number(await peer.#next(START_MS));
      return peer;
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Asks one question at a time. @throws Error with what went wrong there, or when there is no answer in time */
  ask<T>(question: object, deadlineMs: number): Promise<T> {
    this.#child.send(question);
    return this.#next(deadlineMs) as Promise<T>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await this.#exited;
    clearTimeout(force);
  }

  #next(deadlineMs: number): Promise<unknown> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(deadline);
        child.off('message', onMessage).off('exit', onExit);
      };
      const onMessage = (message: Message) => {
        end();
        if ('error' in message) reject(new Error(`${this.#script}: ${message.error}`));
        else resolve(message.value);
      };
      const onExit = (code: number | null, signal: string | null) => {
        end();
        reject(new Error(`${this.#script} has exited with ${code ?? signal}`));
      };
      const deadline = setTimeout(() => {
        end();
        reject(new Error(`${this.#script} said nothing within ${deadlineMs} ms`));
      }, deadlineMs);
      child.on('message', onMessage).on('exit', onExit);
      if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
    });
  }
}

/**
 * The child's side: gets ready, tells its port, then answers.
 *
 * @param start given the arguments, returns the port it listens on, or 0
 * @param answer to a question of the parent
 */
export function serve(start: (args: readonly string[]) => Promise<number>, answer?: (question: object) => unknown): void {
  process.on('disconnect', () => process.exit());
  const reply = (work: () => unknown) =>
    Promise.resolve()
      .then(work)
      .then(
        (value) => process.send?.({ value }),
        (error: Error) => process.send?.({ error: error.stack ?? error.message }),
      );
  void reply(() => start(process.argv.slice(2)));
  if (answer) process.on('message', (question: object) => void reply(() => answer(question)));
}
