/** What the tests of roots and leaves share: ends with short limits that close themselves, and peers that are processes of their own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
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
