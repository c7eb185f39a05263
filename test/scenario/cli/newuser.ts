/** What a user has who never saw the clone: the tarball of `npm pack`, and a folder. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = resolve(__dirname, '../../..');
/** Held while the clone is packed: packing builds beside the sources, so two at once would pack halves. */
const LOCK_PORT = 19_977;

/** Packages come from npm's cache where it has them. The marks of the tests' runner are not for a runner that the user starts. */
const { NODE_TEST_CONTEXT: _, ...OUTER } = process.env;
export const USER_ENV: NodeJS.ProcessEnv = { ...OUTER, npm_config_prefer_offline: 'true', npm_config_update_notifier: 'false' };

/** Runs it to its end. @returns all that it wrote. @throws AssertionError with that when it fails */
export async function run(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { exit, text } = await tryRun(cwd, command, args, env);
  assert.equal(exit, 0, `${command} ${args.join(' ')}\n${text}`);
  return text;
}

export async function tryRun(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, { cwd, env: { ...USER_ENV, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, text: Buffer.concat(chunks).toString() };
}

/** Packs the clone as it is published. @returns the name of the tarball in `folder` */
export async function packInto(folder: string): Promise<string> {
  const lock = await locked();
  try {
    await run(ROOT, 'npm', ['run', '--silent', 'prepack']);
    // The rest of its scripts is the build, which the tests come after.
    const said = await run(ROOT, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
    return (JSON.parse(said.slice(said.indexOf('[\n'))) as { filename: string }[])[0]?.filename ?? '';
  } finally {
    lock.close();
  }
}

/** As `npm install` leaves it, without the time it takes: the package itself, and its dependencies as links to the clone's. */
function unpackInto(project: string, tarball: string): void {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', modules]);
  renameSync(join(modules, 'package'), join(modules, 'firefly-ts'));
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  for (const name of [...Object.keys(dependencies), 'typescript', '@types/node', 'undici-types']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  symlinkSync('../typescript/bin/tsc', join(modules, '.bin/tsc'));
  symlinkSync('../firefly-ts/src/management/firefly.js', join(modules, '.bin/firefly'));
  chmodSync(join(modules, 'firefly-ts/src/management/firefly.js'), 0o755);
}

/** A game in a folder of `user`, as createproject makes it, with the package in place. */
export async function newGame(user: string, tarball: string): Promise<string> {
  unpackInto(user, tarball);
  await run(user, 'node_modules/.bin/firefly', ['createproject', 'game', '--no-install']);
  const game = join(user, 'game');
  unpackInto(game, tarball);
  return game;
}

async function locked(): Promise<Server> {
  for (;;) {
    const server = createServer();
    server.listen(LOCK_PORT, '127.0.0.1');
    try {
      await once(server, 'listening');
      return server;
    } catch {
      await delay(100);
    }
  }
}
