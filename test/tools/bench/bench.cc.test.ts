import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { RowResult } from '../../../tools/bench/measure';
import { processesWith } from '../../../tools/lib/processes';
import { waitFor } from '../../../tools/lib/wait';

const SCRIPT = join(__dirname, '../../../tools/bench/bench.js');
const MARK = 'FIREFLY_TEST_BENCH';

/** A run of the benchmark whose processes are told from all others. */
function startBench(...args: readonly string[]) {
  const mark = randomUUID();
  const child = spawn(process.execPath, [SCRIPT, ...args], { env: { ...process.env, [MARK]: mark }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return { child, said, exited: once(child, 'close') as Promise<[number | null]>, processes: () => processesWith(MARK, mark) };
}

const measuring = () => {
  it('prints the machine and a table of the rows that were asked for, and writes the same as JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'firefly-bench-test-'));
    const json = join(folder, 'bench.json');
    const bench = startBench('--rows', 'c16,rpc50', '--pairs', '2', '--seconds', '0.3', '--json', json);
    const [code] = await bench.exited;
    assert.equal(code, 0, bench.said.err);
    assert.match(bench.said.out, /^\d+ x .*, Node v\d+.*, load average [\d. ]+/);
    assert.match(bench.said.out, /^\| c16 +\| net, gate, game1, depth 16 +\| relay +\| requests\/s/m);
    assert.match(bench.said.out, /^\| rpc50 +\|/m);
    const { rows } = JSON.parse(await readFile(json, 'utf8')) as { rows: RowResult[] };
    assert.deepEqual(
      rows.map(({ key, pairs, figures }) => [key, pairs.length, figures.every(({ ratio }) => ratio > 0)]),
      [
        ['c16', 2, true],
        ['rpc50', 2, true],
      ],
    );
    assert.deepEqual(bench.processes(), []);
    await rm(folder, { recursive: true });
  });

  it('ends everything it started when it is interrupted under load', async () => {
    const bench = startBench('--rows', 'c16', '--pairs', '50', '--seconds', '20');
    // Relay, cluster, load program and the run itself.
    await waitFor(
      () => bench.processes().length >= 9,
      () => `load; there are ${bench.processes().length} processes: ${bench.said.err}`,
      40_000,
    );
    bench.child.kill('SIGINT');
    const [code] = await bench.exited;
    assert.equal(code, 130, bench.said.err);
    assert.deepEqual(bench.processes(), []);
    assert.equal(bench.said.out, '');
  });
};

describe('npm run bench', measuring);

describe('npm run bench of a row that is not', () => {
  it('says which rows there are, and starts nothing', async () => {
    const bench = startBench('--rows', 'z9');
    const [code] = await bench.exited;
    assert.equal(code, 2);
    assert.match(bench.said.err, /^z9 is no row; there are a1, a16, b1/);
  });
});
