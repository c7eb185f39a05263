import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { encodeFrame } from '../../tools/lib/gameclient';

const SCRIPT = join(__dirname, '../../tools/clienttest.js');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function clienttest(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, FIREFLY_PORT_OFFSET: '0' };
    execFile(process.execPath, [SCRIPT, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** Runs the client against a server that answers each command with what `answers` has for it, and keeps quiet otherwise. */
async function against(answers: Record<number, unknown>, ...args: string[]): Promise<Outcome & { requests: [number, unknown][] }> {
  const requests: [number, unknown][] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    // The client waits for each answer, so a segment is a frame.
    socket.on('data', (frame) => {
      const command = frame.readUInt32BE(13);
      requests.push([command, JSON.parse(frame.subarray(17).toString())]);
      if (answers[command]) socket.write(encodeFrame(command, answers[command]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const outcome = await clienttest('--port', String((server.address() as AddressInfo).port), ...args);
    return { ...outcome, requests };
  } finally {
    server.close();
  }
}

const LOGGED_IN = { result: true, data: { userId: 5, hasRole: false, characterId: 0 } };
const CREATED = { result: true, message: '', data: { userId: 5, newCharacterId: 1000001 } };
const OK = { result: true, message: '', data: {} };

describe('the test client', () => {
  it('logs in, creates a role, enters, and shows each request and answer without the password', async () => {
    const { code, stdout, requests } = await against({ 101: LOGGED_IN, 102: CREATED, 103: OK, 105: OK }, '--password', 'hunter2');
    assert.equal(code, 0);
    assert.deepEqual(requests, [
      [101, { username: 'test106', password: 'hunter2' }],
      [102, { rolename: 'test106', profession: 1, userId: 5 }],
      [103, { userId: 5, characterId: 1000001 }],
      [105, { characterId: 1000001 }],
    ]);
    assert.doesNotMatch(stdout, /hunter2/);
    assert.match(stdout, /-> {2}101 {2}log in .*\n<- {2}101 {2}[\d.]+ ms .*"userId":5/);
  });

  it('creates no second role', async () => {
    const { code, stdout, requests } = await against({
      101: { result: true, data: { userId: 5, hasRole: true, characterId: 7 } },
      103: OK,
      105: OK,
    });
    assert.deepEqual([code, requests.map(([command]) => command)], [0, [101, 103, 105]]);
    assert.match(stdout, /102 left out: the account has role 7 already/);
  });

  it('sends the commands and fields it is told', async () => {
    const { requests } = await against({ 101: LOGGED_IN, 4501: OK }, '--commands', '101,4501', '--data', '{"zjid":1000}');
    assert.deepEqual(requests[1], [4501, { characterId: 0, zjid: 1000 }]);
  });

  it('says what a refusal means, and that a port may be the wrong one', async () => {
    const refused = await against({ 101: { result: false, message: 'psd_error', data: {} } });
    assert.match(refused.stderr, /^101 log in was answered with failure: the password is not that of this account/);
    const closing = createServer((socket) => socket.on('error', () => undefined).end()).listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const { port } = closing.address() as AddressInfo;
    const closed = await clienttest('--port', String(port));
    closing.close();
    assert.equal(closed.code, 1);
    assert.match(closed.stderr, new RegExp(`the server closed the connection; is 127.0.0.1:${port} the client port of a net node\\?`));
    assert.match(
      (await clienttest('--host', 'nowhere.invalid')).stderr,
      /cannot connect to nowhere\.invalid:11009: .*is the cluster running\?/,
    );
  });

  it('shows its options in one screen', async () => {
    const { code, stdout } = await clienttest('--help');
    assert.equal(code, 0);
    assert.match(stdout, /--commands <list> .*\(default: 101,102,103,105\)/);
    assert.ok(stdout.split('\n').length < 24, stdout);
  });

  it('exits 1 when an answer says failure, when none comes, and when nobody listens; 2 on wrong usage', async () => {
    const refused = await against({ 101: { result: false, data: {} } });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /101 log in was answered with failure/);
    const silent = await against({}, '--deadline', '50');
    assert.equal(silent.code, 1);
    assert.match(silent.stderr, /no frame of command 101 within 50 ms/);
    assert.equal((await clienttest('--port', '1')).code, 1);
    assert.equal((await clienttest('--commands', 'x')).code, 2);
  });
});
