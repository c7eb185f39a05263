import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';

/** Runs some lines in a process of its own, with `faultPoint` and `journalLayer` at hand. */
function run(fault: string | undefined, code: string): { signal: string | null; output: string; errors: string } {
  const env = { ...process.env };
  delete env.FIREFLY_FAULT;
  const script = `const { faultPoint, journalLayer } = require(${JSON.stringify(join(__dirname, '../../src/dbentrust/faults.js'))}); ${code}`;
  const { signal, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    env: fault === undefined ? env : { ...env, FIREFLY_FAULT: fault },
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGABRT',
  });
  return { signal, output: stdout, errors: stderr };
}

const THREE_TIMES = `for (let pass = 1; pass <= 3; pass += 1) { try { faultPoint('journal.synced'); process.stdout.write(String(pass)); } catch (error) { process.stdout.write(error.message); } }`;

describe('fault points', () => {
  it('do nothing when nobody asked', () => {
    assert.equal(run(undefined, THREE_TIMES).output, '123');
    assert.equal(run('', THREE_TIMES).output, '123');
  });

  it('throw, once, the nth time that they are passed', () => {
    assert.equal(run('journal.synced:2:throw', THREE_TIMES).output, '1FIREFLY_FAULT at journal.synced3');
    assert.equal(run('journal.appended:2:throw', THREE_TIMES).output, '123');
  });

  it('kill the process before it does anything else', () => {
    const { signal, output } = run('flush.begun:1:throw,journal.synced:3:kill', `${THREE_TIMES} setInterval(() => {}, 1000)`);
    assert.deepEqual([signal, output], ['SIGKILL', '12']);
  });

  it('let the whole process stand still', () => {
    const code = `const start = performance.now(); faultPoint('flush.begun'); process.stdout.write(String(performance.now() - start >= 199))`;
    assert.equal(run('flush.begun:1:delay=200', code).output, 'true');
  });

  it('say which file layers the journal gets', () => {
    const code = `process.stdout.write(['powercut', 'nosync'].filter(journalLayer).join())`;
    assert.equal(run('journal=powercut', code).output, 'powercut');
    assert.equal(run('journal=nosync,journal.synced:1:throw,journal=powercut', code).output, 'powercut,nosync');
    assert.equal(run('journal.synced:1:throw', code).output, '');
  });

  it('refuse what they do not know', () => {
    for (const wrong of ['journal.synced', 'journal.sinced:1:kill', 'journal.synced:0:kill', 'journal.synced:1:die', 'journal=magic']) {
      assert.match(run(wrong, '').errors, new RegExp(`FIREFLY_FAULT: ${wrong} is not POINT:NTH`), wrong);
    }
  });
});
