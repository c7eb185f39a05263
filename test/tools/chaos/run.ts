/** A short run of the chaos tool in a process of its own, and what its report says. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '../../../tools/chaos/chaos.js');

export interface Outcome {
  readonly code: number | null;
  readonly report: string;
  /** With work in flight, by kind. */
  readonly hit: Readonly<Record<string, { readonly killed: number; readonly frozen: number }>>;
  readonly acknowledged: number;
}

/** @param signal of the test: a run that outlives it is ended */
export async function chaos(signal: AbortSignal, ...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const report = `${said.out}${said.err}`;
  const kinds = [...said.out.matchAll(/^\| (game|dbfront|memcached|mariadb) \| (\d+) \| (\d+) \|$/gm)];
  const hit = Object.fromEntries(kinds.map(([, kind, killed, frozen]) => [kind, { killed: Number(killed), frozen: Number(frozen) }]));
  return { code, report, hit, acknowledged: Number(/^\| acknowledged \| (\d+) \|$/m.exec(said.out)?.[1]) };
}

/** Every check held, and everything was killed and frozen while work was in flight. */
export function assertClean({ code, report, hit, acknowledged }: Outcome, kinds: readonly string[], transfers: number): void {
  assert.equal(code, 0, report);
  assert.match(report, /^\| every acknowledged transfer is there \| \d+ acknowledged \| holds \|$/m);
  assert.match(report, /^\| reads kept their promises \| .* \| holds \|$/m);
  assert.deepEqual(Object.keys(hit).sort(), [...kinds].sort(), report);
  for (const kind of kinds) assert.ok((hit[kind]?.killed ?? 0) > 0 && (hit[kind]?.frozen ?? 0) > 0, `${kind} was spared. ${report}`);
  assert.ok(acknowledged >= transfers, report);
}

export function assertHolds(report: string, checks: readonly string[]): void {
  for (const check of checks) assert.match(report, new RegExp(`^\\| ${check} \\| .* \\| holds \\|$`, 'm'));
}
