/**
 * Where the microseconds of a request go: loads the benchmark's cluster and prints, for each process on the way, its most expensive functions.
 *
 *   npm run bench:profile -- [COMMAND 300] [DEPTH 16] [SECONDS 5]
 *
 * Functions are named with the line of the emitted `.js`. The profiles stay in the folder that is printed, for Chrome's DevTools.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../lib/wait';
import { formatMachine, machine } from './machine';
import { selfTimes } from './selftime';
import { type Served, serve, serverOf } from './served';
import { Workshop } from './workshop';

const NET_PORT = 10_001;
const SHOWN = 22;
const WARM_UP_S = 2;
/** The load has begun, and its own warm-up is over. */
const BEGIN_MS = 1_500;

async function main([command = '300', depth = '16', seconds = '5']: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'firefly-profile-'));
  const load = ['-c', 50, '-s', 64, '-i', command, '-d', depth] as const;
  await using workshop = await Workshop.open({ seconds: Number(seconds) + WARM_UP_S });
  const cluster = await workshop.cluster('config.json', {
    NODE_OPTIONS: `--require ${join(__dirname, 'profiler.js')}`,
    FIREFLY_BENCH_PROFILE: folder,
  });
  const server = await serverOf(cluster, NET_PORT);
  const toggle = () => {
    for (const pid of Object.values(server.processes)) process.kill(pid, 'SIGUSR2');
  };
  await serve(workshop, server, ...load);
  const plain = await serve(workshop, server, ...load);
  const profiled = serve(workshop, server, ...load);
  await delay(BEGIN_MS);
  toggle();
  await delay(Number(seconds) * 1_000);
  toggle();
  await profiled;
  const names = Object.keys(server.processes);
  await waitFor(() => names.every((name) => readdirSync(folder).includes(`${name}.cpuprofile`)), 'profile of every node', 30_000);
  process.stdout.write(`${formatMachine(machine())}\n${report(folder, names, plain)}\nprofiles: ${folder}\n`);
}

function report(folder: string, names: readonly string[], { perSecond, cpu }: Served): string {
  const sections = names.map((name) => {
    const profile = JSON.parse(readFileSync(join(folder, `${name}.cpuprofile`), 'utf8')) as Profiler.Profile;
    const { functions, busy } = selfTimes(profile);
    const us = cpu[name] ?? 0;
    const lines = functions.slice(0, SHOWN).map(({ where, share }) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
    return [`${name}: ${us.toFixed(2)} us of CPU a request; ${Math.round(busy * 100)} % busy`, ...lines].join('\n');
  });
  return [`${Math.round(perSecond)} requests/s without the profiler`, ...sections].join('\n\n');
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
