/** A short siege in a process of its own, on the embedded stores. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const SCRIPT = join(__dirname, '../../../tools/siege/siege.js');

describe('the siege', () => {
  it('finds everything accounted for after a game node, dbfront and the admin node were killed', async ({ signal }) => {
    const options = { bots: 10, minutes: 0.34, kills: 3, every: 4, think: 100, stores: 'embedded', seed: 3, patience: 120 };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'], signal });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0, said.out + said.err);
    const [, ...killed] = /killed game nodes (\d+) times, dbfront (\d+) times, the admin node (\d+) times/.exec(said.out) ?? [];
    assert.deepEqual(
      killed.map((times) => Number(times) >= 1),
      [true, true, true],
      said.out,
    );
    assert.doesNotMatch(said.out, /^BROKEN/m);
    const [, acknowledged] = /^holds {3}every acknowledged trade is in the ledger \((\d+) acknowledged/m.exec(said.out) ?? [];
    assert.ok(Number(acknowledged) > 20, said.out);
    const [, twice] = /^holds {3}what was asked for twice was made once \((\d+) deeds/m.exec(said.out) ?? [];
    assert.ok(Number(twice) > 0, said.out);
  });

  it('says what is wrong with its options, and ends with 2', async () => {
    const child = spawn(process.execPath, [SCRIPT, '--stores', 'oracle'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 2);
    assert.match(said, /--stores is oracle and must be one of mysql, embedded\nusage: npm run siege/);
  });
});
