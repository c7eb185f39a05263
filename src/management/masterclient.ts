/** The master's web port as the command line uses it. Knows no node: whatever is asked goes through the master. */
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import type { ClusterConfig } from '../config/config';
import { readMaster } from '../config/partly';
import { silentMaster } from './silentmaster';

/** How the command ends. docs/operations.md lists the same. */
export const Exit = { ok: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** What a person reads instead of a stack, and the code the command ends with. */
export class CommandFailed extends Error {
  constructor(
    message: string,
    readonly exit: number,
    options?: ErrorOptions,
    /** All of the master's answer, where it refused. */
    readonly answer?: unknown,
  ) {
    super(message, options);
    this.name = 'CommandFailed';
  }
}

export interface MasterAddress {
  readonly url: string;
  readonly token: string | undefined;
}

/** From the config, unless the environment says it. @throws ConfigError when neither does */
export async function findMaster(configPath: string, env: NodeJS.ProcessEnv): Promise<MasterAddress> {
  const { FIREFLY_URL: url, FIREFLY_TOKEN: token } = env;
  // Who says where it is may be on a machine that has no config.
  if (url && (token || !existsSync(configPath))) return { url, token };
  return masterOf({ master: await readMaster(configPath, env) }, env);
}

/** `FIREFLY_URL` and `FIREFLY_TOKEN` go before what the config says. */
export function masterOf(config: Pick<ClusterConfig, 'master'>, env: NodeJS.ProcessEnv): MasterAddress {
  const { host, webPort, token } = config.master;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: env.FIREFLY_URL || `http://${name}:${webPort}`, token: env.FIREFLY_TOKEN || token };
}

/** A long answer, such as a stop's, takes no longer than this. */
const ANSWER_MS = 60_000;
/** For what a master that is well answers within two seconds, and a person waits for. */
export const LOOK_MS = 5_000;

export class MasterClient {
  readonly #master: MasterAddress;
  readonly #dataDir: string | undefined;

  /** @param dataDir of its cluster, where that is on this machine: names a master that does not answer */
  constructor(master: MasterAddress, dataDir?: string) {
    this.#master = master;
    this.#dataDir = dataDir;
  }

  /** @returns the answer, parsed when it is JSON. @throws CommandFailed with what the master said, or that nobody answers in time */
  async ask(method: 'GET' | 'POST', path: string, query: Readonly<Record<string, string>> = {}, deadlineMs = ANSWER_MS): Promise<unknown> {
    const url = new URL(path, this.#master.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const { status, text } = await this.#send(method, url, deadlineMs);
    const body = parsed(text);
    if (status < 300) return body;
    const { error, message } = (typeof body === 'object' && body !== null ? body : {}) as { error?: string; message?: string };
    const said = error ?? message ?? `the master answers ${status}`;
    throw new CommandFailed(`${said}${this.#adviceOn(status, said)}`, Exit.refused, undefined, body);
  }

  /** The master speaks to all who ask; who types a command sends the token in another way. */
  #adviceOn(status: number, said: string): string {
    const isMissing = this.#master.token === undefined && (status === 401 || (status === 403 && said.includes('master.token')));
    if (isMissing)
      return '. This command sends what FIREFLY_TOKEN holds, or master.token of its config: set -a; . /etc/firefly/environment; set +a';
    return status === 401 ? '. FIREFLY_TOKEN, or else master.token of the config, is not the token that the master was started with' : '';
  }

  #send(method: string, url: URL, deadlineMs: number): Promise<{ status: number; text: string }> {
    const { token } = this.#master;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
      const failed = (cause: Error) => reject(this.#unreachable(url.origin, cause, deadlineMs));
      const asked = request(url, { method, headers, signal: AbortSignal.timeout(deadlineMs) }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', failed);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      asked.on('error', failed);
      asked.end();
    });
  }

  #unreachable(origin: string, cause: Error, deadlineMs: number): CommandFailed {
    const text = isTimeout(cause)
      ? `the master at ${origin} has not answered for ${deadlineMs / 1_000} s; ${silentMaster(this.#dataDir)}`
      : `no master answers at ${origin} (${cause.message}); is the cluster running, and is this its config?`;
    return new CommandFailed(text, Exit.unreachable, { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError');
}

/** Whether nobody listens there: a master that only keeps silent is there still. */
export function isGone(error: unknown): boolean {
  const { cause, exit } = error instanceof CommandFailed ? error : {};
  return exit === Exit.unreachable && cause !== undefined && !isTimeout(cause);
}
