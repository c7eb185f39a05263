/** `firefly start --detach`: a master that outlives the terminal. Comes back when all nodes are ready, or with the reason why they are not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterConfig } from '../config/config';
import { makeDataFolder } from '../config/datafolder';
import { startOrder } from '../config/order';
import { makeOwnFile, makeOwnFolder } from '../config/ownfiles';
import type { Context } from './context';
import { troubles } from './ends';
import { CommandFailed, Exit, type MasterClient } from './masterclient';
import type { StatusAnswer } from './status';
import { statusUnlessGone } from './stop';

const POLL_MS = 200;
/** Beyond what the nodes may take: the master itself, and ports that are waited for. */
const MASTER_MS = 15_000;
/** Of what a master that ended said. */
const LAST_BYTES = 4_096;
const LAST_LINES = 10;

export async function startDetached(
  script: string,
  { configPath, config: readConfig, master, print, screen, env }: Context,
): Promise<void> {
  const config = await readConfig();
  const client = await master();
  if (await statusUnlessGone(client))
    throw new CommandFailed('a master answers there already; firefly status shows its nodes', Exit.refused);
  makeDataFolder(config);
  const log = new OutputFile(join(config.dataDir, 'logs/cluster.log'));
  const child = spawn(process.execPath, [script, '--config', configPath()], {
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
    env,
  });
  try {
    const isReady = await whenReady(child, client, config, (text) => screen?.progress(text));
    screen?.progress('');
    if (isReady) print(`the cluster is ready: master is process ${child.pid}, output in ${log.path}`);
    else await sayWhy(client, child, log, print);
  } finally {
    log.close();
    child.unref();
  }
}

/** @returns false when a node was given up, the time is over, or the master has ended */
async function whenReady(
  child: ChildProcess,
  client: MasterClient,
  config: ClusterConfig,
  progress: (text: string) => void,
): Promise<boolean> {
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(new CommandFailed(`the master cannot be started: ${cause.message}`, Exit.refused, { cause })));
  });
  for (const end = performance.now() + startMs(config); performance.now() < end; await Promise.race([delay(POLL_MS), failed])) {
    if (hasEnded(child)) return false;
    const status = await statusUnlessGone(client);
    if (!status) continue;
    const states = Object.entries(status.nodes).map(([name, { state }]) => ({ name, state }));
    const waiting = states.filter(({ state }) => state !== 'ready');
    if (waiting.length === 0) return !hasEnded(child);
    if (waiting.some(({ state }) => state === 'failed')) return false;
    const done = states.length - waiting.length;
    progress(`${done} of ${states.length} nodes ready; waiting for ${waiting.map(({ name, state }) => `${name} (${state})`).join(', ')}`);
  }
  return false;
}

async function sayWhy(client: MasterClient, child: ChildProcess, log: OutputFile, print: (line: string) => void): Promise<never> {
  const status: StatusAnswer | undefined = hasEnded(child) ? undefined : await statusUnlessGone(client);
  if (!status) {
    for (const line of log.lastLines()) print(line);
    const exit = child.exitCode === Exit.usage ? Exit.usage : Exit.refused;
    throw new CommandFailed(`the cluster has not started; all of its output is in ${log.path}`, exit);
  }
  for (const line of troubles(status.nodes)) print(line);
  const missing = Object.entries(status.nodes).filter(([, { state }]) => state !== 'ready');
  throw new CommandFailed(
    `not ready: ${missing.map(([name, { state }]) => `${name} (${state})`).join(', ')}. The cluster (process ${child.pid}, output in ${log.path}) goes on as its config says; firefly status shows it, firefly stop ends it`,
    Exit.refused,
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Each tier of nodes starts when the one before is ready. */
function startMs(config: ClusterConfig): number {
  const tiers = startOrder(config).map((names) => Math.max(0, ...names.map((name) => config.nodes[name]?.supervise.readyMs ?? 0)));
  return tiers.reduce((sum, ms) => sum + ms, MASTER_MS);
}

/** What the master writes to. Appended to, so that a tool that cuts files off (logrotate, `copytruncate`) may cut it. */
class OutputFile {
  readonly descriptor: number;
  readonly #from: number;

  constructor(readonly path: string) {
    makeOwnFolder(dirname(path));
    makeOwnFile(path);
    this.descriptor = openSync(path, 'a+', 0o600);
    this.#from = fstatSync(this.descriptor).size;
  }

  /** Of what came since it was opened. */
  lastLines(): string[] {
    const { size } = fstatSync(this.descriptor);
    const from = Math.max(this.#from, size - LAST_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    readSync(this.descriptor, bytes, 0, bytes.length, from);
    return bytes.toString().trimEnd().split('\n').slice(-LAST_LINES);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
