/** What the tests of roots and leaves share: ends with short limits that close themselves, and peers that are processes of their own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Limits } from '../../src/config/config';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { RemoteObject, type RemoteObjectOptions } from '../../src/distributed/node';
import { PBRoot, type PBRootOptions } from '../../src/distributed/root';
import type { Service } from '../../src/services/service';
import type { Target } from '../../src/services/target';
import { type TestLog, testLog } from '../wire/support';

export const SECRET = 'a secret of the tests';

/** Short back-off, so that tests do not wait. */
export const LIMITS: Limits = { ...DEFAULT_LIMITS, redialMinMs: 5, redialMaxMs: 40, handshakeMs: 1000 };

export class TestRoot extends PBRoot implements AsyncDisposable {
  readonly lines: TestLog['lines'];
  port = 0;

  constructor(options: Partial<PBRootOptions> = {}) {
    const { log, lines } = testLog();
    super({ name: 'gate', secret: SECRET, limits: LIMITS, log, ...options });
    this.lines = lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close('end of test');
  }
}

export async function startRoot(options: Partial<PBRootOptions> = {}, port = 0): Promise<TestRoot> {
  const root = new TestRoot(options);
  root.port = await root.listen(port, '127.0.0.1');
  return root;
}

export class TestLeaf extends RemoteObject implements AsyncDisposable {
  readonly lines: TestLog['lines'];

  constructor(options: Partial<RemoteObjectOptions> = {}) {
    const { log, lines } = testLog();
    super({ name: 'game1', root: 'gate', secret: SECRET, limits: LIMITS, log, epoch: () => 1, ...options });
    this.lines = lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close('end of test');
  }
}

/** A leaf that is linked. */
export async function startLeaf(port: number, options: Partial<RemoteObjectOptions> = {}): Promise<TestLeaf> {
  const leaf = new TestLeaf(options);
  leaf.connect({ host: '127.0.0.1', port });
  await leaf.whenUp(5000);
  return leaf;
}

export interface Peer extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly port: number;
  kill(): Promise<void>;
}

/** Starts `peer.ts` as a process: a root that listens on `port`, or a leaf that is linked to it. */
export async function startPeer(role: 'root' | 'leaf', port = 0): Promise<Peer> {
  const child = fork(join(__dirname, 'peer.js'), [role, String(port)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [ready] = (await once(child, 'message')) as [{ port: number }];
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { process: child, port: ready.port, kill, [Symbol.asyncDispose]: kill };
}

/** Gives an end a target by name. */
export function mapTarget(end: PBRoot | RemoteObject, name: string, target: Target): void {
  (end.service as Service).mapTarget(target, name);
}

/** Waits until a hook has run. */
export function hookOf<T extends object, K extends keyof T>(
  owner: T,
  name: K,
): Promise<T[K] extends (arg: infer A) => unknown ? A : never> {
  return new Promise((resolve) => {
    owner[name] = resolve as T[K];
  });
}

/** A cable between leaves and a root, which a test can pull or cut. */
export class Cable implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  port = 0;

  private constructor(root: number) {
    this.#server = createServer({ noDelay: true }, (leaf) => {
      const pair = [leaf, connect({ port: root, host: '127.0.0.1', noDelay: true })] as const;
      this.#pairs.add(pair);
      pair[0].pipe(pair[1]).pipe(pair[0]);
      for (const socket of pair) {
        socket
          .on('error', () => {})
          .on('close', () => {
            this.#pairs.delete(pair);
            for (const other of pair) other.destroy();
          });
      }
    });
  }

  /** @param root the port it leads to */
  static async to(root: number): Promise<Cable> {
    const cable = new Cable(root);
    cable.#server.listen(0, '127.0.0.1');
    await once(cable.#server, 'listening');
    const address = cable.#server.address();
    cable.port = typeof address === 'object' && address ? address.port : 0;
    return cable;
  }

  /** Connections of this moment carry nothing from now on, and neither end is told. New ones do. */
  pull(): void {
    for (const [leaf, root] of this.#pairs) {
      leaf.unpipe(root).on('data', () => {});
      root.unpipe(leaf).on('data', () => {});
    }
  }

  /** Ends the connections of this moment, in the middle of whatever is under way. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
