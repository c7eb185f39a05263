/**
 * Where the microseconds of a request go: loads the cluster of a row and prints, for each of its processes, its most expensive functions.
 *
 *   npm run bench:profile -- [ROW c16] [SECONDS 5]
 *
 * Functions are named with the line of the emitted `.js`. The profiles stay in the folder that is printed, for Chrome's DevTools.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandLine, runTool } from '../lib/commandline';
import { waitFor } from '../lib/wait';
import { formatMachine, machine } from './machine';
import type { Row } from './row';
import { ROWS } from './rows';
import { selfTimes } from './selftime';
import { type Served, serverOf } from './served';
import { Workshop } from './workshop';

const SHOWN = 22;
/** From the start of a load until it is in full swing, and from the end of the profile until its end. */
const MARGIN_MS = 2_000;

const line = new CommandLine('usage: npm run bench:profile -- [ROW] [SECONDS]');

async function main([key = 'c16', seconds = '5']: readonly string[]): Promise<number> {
  const row = ROWS.find((row) => row.key === key);
  if (!row?.cluster) throw line.wrong(`${key} cannot be profiled; ${profilable().join(', ')} can`);
  const profiledMs = line.above0('SECONDS', seconds) * 1_000;
  const folder = mkdtempSync(join(tmpdir(), 'firefly-profile-'));
  await using workshop = await Workshop.open({ seconds: (profiledMs + 2 * MARGIN_MS) / 1_000 });
  const cluster = await row.cluster(workshop, {
    NODE_OPTIONS: `--require ${join(__dirname, 'profiler.js')}`,
    FIREFLY_BENCH_PROFILE: folder,
  });
  const { processes } = await serverOf(cluster, 0);
  const toggle = () => {
    for (const pid of Object.values(processes)) process.kill(pid, 'SIGUSR2');
  };
  const pair = await row.open(workshop);
  await pair.firefly();
  const plain = (await pair.firefly()).detail as Served;
  const profiled = pair.firefly();
  await delay(MARGIN_MS);
  toggle();
  await delay(profiledMs);
  toggle();
  await profiled;
  const names = Object.keys(processes);
  await waitFor(() => names.every((name) => readdirSync(folder).includes(`${name}.cpuprofile`)), 'profile of every node', 30_000);
  process.stdout.write(`${formatMachine(machine())}\n${report(row, folder, names, plain)}\n\nprofiles: ${folder}\n`);
  return 0;
}

function profilable(): string[] {
  return ROWS.filter(({ cluster }: Row) => cluster).map(({ key }) => key);
}

function report({ title }: Row, folder: string, names: readonly string[], { perSecond, cpu, writes }: Served): string {
  const sections = names.map((name) => {
    const profile = JSON.parse(readFileSync(join(folder, `${name}.cpuprofile`), 'utf8')) as Profiler.Profile;
    const { functions, busy } = selfTimes(profile);
    const us = cpu[name] ?? 0;
    const lines = functions.slice(0, SHOWN).map(({ where, share }) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
    return [
      `${name}: ${us.toFixed(2)} us of CPU and ${(writes[name] ?? 0).toFixed(3)} writes a request; ${Math.round(busy * 100)} % busy`,
      ...lines,
    ].join('\n');
  });
  return [`${title}: ${Math.round(perSecond)} requests/s without the profiler`, ...sections].join('\n\n');
}

runTool(main);
