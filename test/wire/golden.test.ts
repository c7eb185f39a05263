/**
 * The bytes of the link protocol are frozen: each kind of frame as another language has to send it, and as this one does.
 *
 * A change here is a change of the protocol: raise its version in src/distributed/handshake.ts, and say so in docs/rpc.md.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Exchange } from '../../src/distributed/exchange';
import { answerHandshake, offerHandshake } from '../../src/distributed/handshake';
import { NoSuchTarget } from '../../src/errors';
import { NODE } from '../../src/server/nodewire';
import { Kind } from '../../src/wire/frame';
import { linkOver, socketPair } from './support';

const page = readFileSync(join(__dirname, '../../docs/rpc.md'), 'utf8');

const hex = (bytes: Buffer) => bytes.toString('hex');

/** A frame: its length, its kind and these pieces of hex. */
function frame(kind: number, ...pieces: string[]): string {
  const body = pieces.join('').replaceAll(' ', '');
  return (body.length / 2 + 1).toString(16).padStart(8, '0') + kind.toString(16).padStart(2, '0') + body;
}

/** A link whose every byte is kept, and a far end that is not a link. */
async function recorded(dispatch: (target: string | number, args: unknown[]) => unknown = () => undefined) {
  const [near, far] = await socketPair();
  const end = linkOver(near, 'far', dispatch, { heartbeatMs: 60_000, deadAfterMs: 600_000 });
  const heard: Buffer[] = [];
  far
    .on('data', (chunk) => heard.push(chunk))
    .on('error', () => {})
    .resume();
  const reach = async (length: number) => {
    while (Buffer.concat(heard).length < length / 2) await new Promise(setImmediate);
    return hex(Buffer.concat(heard.splice(0)));
  };
  const expect = async (...frames: string[]) => assert.equal(await reach(frames.join('').length), frames.join(''));
  return {
    link: end.link,
    far,
    expect,
    async [Symbol.asyncDispose]() {
      far.destroy();
      await end.link.close('end');
    },
  };
}

const VALUES: readonly (readonly [unknown, string])[] = [
  [undefined, '00'],
  [null, '01'],
  [true, '02'],
  [false, '03'],
  [1, '04 00000001'],
  [-2, '04 fffffffe'],
  [0.5, '05 3fe0000000000000'],
  [2 ** 31, '05 41e0000000000000'],
  ['fé', '06 00000003 66c3a9'],
  ['', '06 00000000'],
  [Buffer.from([1, 2, 3]), '07 00000003 010203'],
  [{ a: 1 }, '08 00000006 de0001a16101'],
  [[1, 'x', null], '08 00000005 9301a178c0'],
  [{ a: undefined }, '08 00000008 de0001a161d40000'],
  [[2 ** 40], '08 0000000a 91cb4270000000000000'],
  [10n, '08 00000009 d3000000000000000a'],
  [new Date(0), '08 00000006 d6ff00000000'],
];

describe('the bytes of the link protocol', () => {
  it('of kinds are these numbers', () => {
    assert.deepEqual(Kind, {
      hello: 1,
      challenge: 2,
      proof: 3,
      welcome: 4,
      refused: 5,
      name: 16,
      call: 17,
      notify: 18,
      result: 19,
      error: 20,
      ping: 21,
      pong: 22,
      bye: 23,
    });
    for (const [name, number] of Object.entries(Kind)) assert.ok(page.includes(`\n| ${number} ${name} |`), `${name} in docs/rpc.md`);
  });

  it('are told with every target that the master and a node have for each other', () => {
    for (const target of Object.values(NODE)) assert.ok(page.includes(`\n| \`${target}\` |`), `${target} in docs/rpc.md`);
  });

  it('of a call are its id, its target and its arguments; a name is sent once', async () => {
    await using end = await recorded();
    const calls = [end.link.call('login', [7, 'anna']), end.link.call('login', []), end.link.call(105, [])];
    for (const call of calls) call.catch(() => {});
    await end.expect(
      frame(16, '6c6f67696e'),
      frame(17, '00000001', '00 00000000', '0002', '04 00000007', '06 00000004 616e6e61'),
      frame(17, '00000002', '00 00000000', '0000'),
      frame(17, '00000003', '01 00000069', '0000'),
    );
  });

  it('of a notification are those of a call without an id, and each value has these', async () => {
    await using end = await recorded();
    for (const [value] of VALUES) end.link.notify(1, [value]);
    await end.expect(...VALUES.map(([, bytes]) => frame(18, '01 00000001', '0001', bytes)));
  });

  it('of values are read back as what they were', async () => {
    const seen: unknown[] = [];
    await using end = await recorded((_target, args) => seen.push(...args));
    const frames = VALUES.map(([, bytes]) => frame(18, '01 00000001', '0001', bytes));
    end.far.write(Buffer.from(frames.join('') + frame(17, '00000009', '01 00000001', '0000'), 'hex'));
    await end.expect(frame(19, '00000009', '04', VALUES.length.toString(16).padStart(8, '0')));
    assert.deepEqual(
      seen,
      VALUES.map(([value]) => value),
    );
  });

  it('of a result and of an error carry the id of their call', async () => {
    await using end = await recorded((target) => {
      if (target === 1) return 'done';
      const error = new NoSuchTarget('game', 'gone');
      delete error.stack;
      throw error;
    });
    end.far.write(Buffer.from(frame(17, '00000007', '01 00000001', '0000') + frame(17, '00000008', '01 00000002', '0000'), 'hex'));
    await end.expect(
      frame(19, '00000007', '06 00000004 646f6e65'),
      frame(
        20,
        '00000008',
        'de0005',
        'a46e616d65 ac4e6f53756368546172676574',
        'a76d657373616765 b767616d6520686173206e6f2074617267657420676f6e65',
        'a4636f6465 b146465f4e4f5f535543485f544152474554',
        'ad6d61796265457865637574656420'.slice(0, -2),
        'c2',
        'a664657461696c 92 a467616d65 a4676f6e65',
      ),
    );
  });

  it('of a result and an error settle the call they name', async () => {
    await using end = await recorded();
    const [good, bad] = [end.link.call(1, []), end.link.call(2, [])];
    bad.catch(() => {});
    await end.expect(frame(17, '00000001', '01 00000001', '0000'), frame(17, '00000002', '01 00000002', '0000'));
    const error = frame(20, '00000002', '82 a46e616d65 a5', hex(Buffer.from('Error')), 'a76d657373616765 a5', hex(Buffer.from('oh no')));
    end.far.write(Buffer.from(error + frame(19, '00000001', '02'), 'hex'));
    assert.equal(await good, true);
    await assert.rejects(bad, { name: 'RemoteError', message: 'oh no', remoteName: 'Error' });
  });

  it('of signs of life and of the goodbye are these', async () => {
    await using end = await recorded();
    end.far.write(Buffer.from(frame(21), 'hex'));
    await end.expect(frame(22));
    end.link.close('going home').catch(() => {});
    await end.expect(frame(23, '00', hex(Buffer.from('going home'))));
  });
});

/** One real handshake: what each side sent. @param admits what the root decides about the leaf */
async function recordHandshake(secret: string, admits = true): Promise<{ leaf: string; root: string }> {
  const [near, far] = await socketPair();
  const sent = { leaf: [] as Buffer[], root: [] as Buffer[] };
  far.on('data', (chunk) => sent.leaf.push(chunk));
  near.on('data', (chunk) => sent.root.push(chunk));
  const [leaf, root] = [new Exchange(near, 'root', 2_000), new Exchange(far, 'leaf', 2_000)];
  const admit = () => {
    if (!admits) throw new NoSuchTarget('x', 'y');
    return { epoch: 4, info: {} };
  };
  await Promise.allSettled([
    answerHandshake(root, 'gate', secret, admit),
    offerHandshake(leaf, { name: 'game1', root: 'gate', epoch: 3, info: {} }, secret),
  ]);
  for (const exchange of [leaf, root]) exchange.release();
  for (const socket of [near, far]) socket.destroy();
  return { leaf: hex(Buffer.concat(sent.leaf)), root: hex(Buffer.concat(sent.root)) };
}

describe('the bytes of the handshake', () => {
  const secret = 'firefly';
  const helloWith = (nonce: string) =>
    frame(
      1,
      'de0006',
      'a46e616d65 a567616d6531',
      'a4726f6f74 a467617465',
      'a565706f6368 03',
      'a4696e666f de0000',
      'a870726f746f636f6c 01',
      `a56e6f6e6365 c420${nonce}`,
    );
  const welcomeBody = 'de0002 a565706f6368 04 a4696e666f de0000'.replaceAll(' ', '');
  /** Without any code of the framework: what docs/rpc.md says. */
  const mac = (role: string, ...parts: string[]) =>
    hex(
      createHmac('sha256', secret)
        .update(`firefly 1 ${role}\0`)
        .update(Buffer.from(parts.join(''), 'hex'))
        .digest(),
    );

  it('are these, with the random bytes of the two sides in their places', async () => {
    const { leaf, root } = await recordHandshake(secret);
    const hello = helloWith(leaf.slice(leaf.length - 74 - 64, leaf.length - 74));
    const challenge = frame(2, root.slice(10, 74));
    assert.equal(leaf, hello + frame(3, mac('leaf', hello, challenge)));
    assert.equal(root, challenge + frame(4, mac('root', hello, challenge, welcomeBody), welcomeBody));
  });

  it('of a refusal are signed too, once the leaf has proved itself', async () => {
    const { leaf, root } = await recordHandshake(secret, false);
    const [hello, challenge, body] = [leaf.slice(0, -74), root.slice(0, 74), root.slice(74 + 10 + 64)];
    assert.equal(root, challenge + frame(5, mac('refusal', hello, challenge, body), body));
    assert.ok(Buffer.from(body, 'hex').includes('FF_NO_SUCH_TARGET'));
  });

  it('are, for fixed nonces, those of the worked example in docs/rpc.md', () => {
    const hello = helloWith('11'.repeat(32));
    const challenge = frame(2, '22'.repeat(32));
    const lines = [
      ['hello', hello],
      ['challenge', challenge],
      ['proof', frame(3, mac('leaf', hello, challenge))],
      ['welcome', frame(4, mac('root', hello, challenge, welcomeBody), welcomeBody)],
    ];
    const example = /<!-- example -->\s+```text\n(.*?)```/s.exec(page)?.[1] ?? '';
    const shown = example.split(/^(?=\w+ )/m).map((part) => [/^\w+/.exec(part)?.[0], part.replace(/^\w+/, '').replace(/\s/g, '')]);
    assert.deepEqual(shown, lines);
  });
});
