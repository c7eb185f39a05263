import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const LOG = join(__dirname, '../../src/log/log.js');
const run = promisify(execFile);

/** What a process of its own writes to standard output when it runs `body` with a `log` that has these options. */
async function output(options: object, body: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const script = `const log = require(${JSON.stringify(LOG)}).openLog(${JSON.stringify({ node: 'gate', ...options })}); ${body}`;
  const { stdout } = await run(process.execPath, ['-e', script], { env: { ...process.env, FIREFLY_LOG: '', ...env } });
  return stdout.trimEnd().split('\n');
}

describe('the log of a process', () => {
  it('is JSON with node, pid and time when nobody watches, and text when FIREFLY_LOG says so', async () => {
    const [json] = await output({}, "log.info({ port: 1 }, 'listening')");
    const record = JSON.parse(json ?? '');
    assert.deepEqual([record.level, record.node, record.port, record.msg, typeof record.pid], ['info', 'gate', 1, 'listening', 'number']);
    assert.match(record.time, /^\d{4}-.*Z$/);
    const [text] = await output({}, "log.info({ port: 1 }, 'listening')", { FIREFLY_LOG: 'text' });
    assert.match(text ?? '', /^\d\d:\d\d:\d\d\.\d{3} gate listening port=1$/);
  });

  it('is what its options say, whatever the environment says', async () => {
    const [json] = await output({ format: 'json' }, "log.info('x')", { FIREFLY_LOG: 'text' });
    assert.equal(JSON.parse(json ?? '').msg, 'x');
  });

  it('never holds a secret: not in fields, nor in children, nor on errors and their causes', async () => {
    const lines = await output(
      {},
      `log.info({ db: { password: 'hunter2' } }, 'a');
       log.child({ token: 'hunter2' }).info('b');
       log.error({ error: new Error('c', { cause: Object.assign(new Error('d'), { config: { passwd: 'hunter2' } }) }) }, 'c');
       log.error(Object.assign(new Error('e'), { headers: { Authorization: 'hunter2' } }));`,
    );
    assert.equal(lines.length, 4);
    for (const line of lines) assert.match(line, /\[secret\]/);
    assert.doesNotMatch(lines.join(), /hunter2/);
  });

  it('changes its level while it runs, for every stream', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'firefly-log-'));
    try {
      const file = join(folder, 'logs/gate.log');
      const lines = await output({ file }, "log.debug('no'); log.level = 'debug'; log.debug('yes');");
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).msg),
        ['yes'],
      );
      assert.deepEqual((await readFile(file, 'utf8')).trimEnd().split('\n'), lines);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('whose disk is full says so once and the process goes on', async () => {
    const lines = await output({ file: '/dev/full' }, "for (let i = 0; i < 5; i++) log.info('line ' + i);");
    const messages = lines.map((line) => JSON.parse(line).msg);
    assert.equal(messages.filter((message) => message.startsWith('log file cannot be written')).length, 1);
    assert.deepEqual(
      messages.filter((message) => message.startsWith('line')),
      ['line 0', 'line 1', 'line 2', 'line 3', 'line 4'],
    );
  });

  it('whose reader stands still goes on without it, and tells the reader how many lines it missed', async () => {
    const script = `const log = require(${JSON.stringify(LOG)}).openLog({ node: 'gate' });
      for (let i = 0; i < 10_000; i++) log.info('x'.repeat(1000));
      process.stderr.write('not blocked');
      process.stdout.once('drain', () => log.info('last'));`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [said] = await once(child.stderr, 'data');
    assert.equal(String(said), 'not blocked');
    const messages: { msg: string; lines?: number }[] = [];
    for await (const line of createInterface({ input: child.stdout })) messages.push(JSON.parse(line));
    const [lost, last] = messages.slice(-2);
    assert.deepEqual([lost?.msg.slice(0, 19), last?.msg], ['log lines were lost', 'last']);
    assert.equal(messages.length - 2 + (lost?.lines ?? 0), 10_000);
  });

  it('whose reader went away lets the process go on', async () => {
    const script = `const log = require(${JSON.stringify(LOG)}).openLog({ node: 'gate' });
      for (let i = 0; i < 1000; i++) log.info('x'.repeat(1000)); process.stderr.write('survived');`;
    const { stderr } = await run('sh', ['-c', '"$0" -e "$1" | head -c 1 >/dev/null', process.execPath, script]);
    assert.equal(stderr, 'survived');
  });
});
