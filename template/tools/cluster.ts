/** The whole cluster for a test: on ports of its own and with data of its own, so that it disturbs none that runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = join(__dirname, '..');
const START_SCRIPT = join(dirname(require.resolve('firefly-ts/package.json')), 'startmaster.js');
/** Exit code of a cluster that cannot be started; here it means that somebody has one of the ports. */
const REFUSED = 2;
const TRIES = 10;

export interface Cluster {
  /** A port of the config, as it is in this cluster. */
  port(configured: number): number;
  stop(): Promise<void>;
}

/** Starts it and waits until it is ready. @throws Error with what it wrote when it does not get there */
export async function startCluster(): Promise<Cluster> {
  for (let left = TRIES; ; left--) {
    const offset = 1_000 + 20 * Math.floor(Math.random() * 1_000);
    const data = mkdtempSync(join(tmpdir(), 'cluster-'));
    const env = { ...process.env, FIREFLY_PORT_OFFSET: String(offset), FIREFLY_DATA_DIR: data };
    const master = spawn(process.execPath, [START_SCRIPT], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<void>((resolve) => master.once('close', () => resolve()));
    const remove = () => rmSync(data, { recursive: true, force: true });
    const words = await saysReady(master, ended);
    if (words === true) {
      const stop = async () => {
        master.kill('SIGTERM');
        await ended;
        remove();
      };
      return { port: (configured) => configured + offset, stop };
    }
    master.kill('SIGTERM');
    await ended;
    remove();
    if (master.exitCode !== REFUSED || left === 1) throw new Error(`the cluster does not start:\n${words.join('\n')}`);
  }
}

/** @returns true, or all that it wrote when it ended or is not ready */
async function saysReady(master: ChildProcess, ended: Promise<void>): Promise<true | string[]> {
  const lines: string[] = [];
  return new Promise((resolve) => {
    const take = (line: string) => {
      lines.push(line);
      if (/^firefly-ts: \d+ processes/.test(line)) resolve(true);
      if (/^firefly-ts: .* NOT ready/.test(line)) resolve(lines);
    };
    for (const output of [master.stdout, master.stderr]) if (output) createInterface({ input: output }).on('line', take);
    void ended.then(() => resolve(lines));
  });
}
