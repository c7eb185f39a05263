import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Crowd } from '../../../tools/bench/crowd';
import { NativePrograms } from '../../../tools/bench/native';
import { serve, serverOf } from '../../../tools/bench/served';
import { Workshop } from '../../../tools/bench/workshop';

const HEAD = 17;

/** A server that does something with each whole frame. */
async function withServer(onFrame: (frame: Buffer, socket: Socket) => void, body: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= HEAD && rest.length >= HEAD - 4 + rest.readUInt32BE(9)) {
        const frame = rest.subarray(0, HEAD - 4 + rest.readUInt32BE(9));
        rest = rest.subarray(frame.length);
        onFrame(frame, socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await body((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** Does it to one frame in a hundred, and echoes the others. */
function oneIn100(wrong: (frame: Buffer, socket: Socket) => void) {
  let count = 0;
  return (frame: Buffer, socket: Socket) => {
    if (++count % 100 === 0) wrong(frame, socket);
    else socket.write(frame);
  };
}

function changed(frame: Buffer, at: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

const suite = () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await Workshop.open({ seconds: 0.3 });
  });
  after(() => workshop[Symbol.asyncDispose]());

  const load = (port: number, ...options: (string | number)[]) => workshop.load(port, ['-c', 4, '-d', 4, ...options]);

  it('counts what a server that echoes answers, and how long it takes', async () => {
    await withServer(
      (frame, socket) => socket.write(frame),
      async (port) => {
        const result = await load(port);
        assert.ok(result.perSecond > 100, JSON.stringify(result));
        assert.ok(result.p50 <= result.p99 && result.p99 <= result.slowest, JSON.stringify(result));
      },
    );
  });

  it('asks no faster than at the rate it is given', async () => {
    await withServer(
      (frame, socket) => socket.write(frame),
      async (port) => {
        // Warm-up and all: 0.15 s and 0.3 s.
        const { answered } = await load(port, '-r', 1_000);
        assert.ok(answered > 0 && answered <= 451, `${answered}`);
      },
    );
  });

  const faults: readonly (readonly [name: string, wrong: (frame: Buffer, socket: Socket) => void, complaint: RegExp])[] = [
    ['a payload is wrong in its last byte', (frame, socket) => socket.write(changed(frame, frame.length - 1)), /"mismatched":[1-9]/],
    ['a payload is cut', (frame, socket) => socket.write(shortened(frame)), /"mismatched":[1-9]/],
    ['an answer has another command', (frame, socket) => socket.write(changed(frame, 16)), /"mismatched":[1-9]/],
    ['a header has other magic', (frame, socket) => socket.write(changed(frame, 0)), /"mismatched":[1-9]/],
    ['an answer comes twice', (frame, socket) => socket.write(Buffer.concat([frame, frame])), /"mismatched":[1-9]/],
    ['an answer never comes', () => undefined, /"(mismatched|unanswered)":[1-9]/],
    ['a connection is closed', (_frame, socket) => socket.destroy(), /"lost":[1-9]/],
  ];
  for (const [name, wrong, complaint] of faults) {
    it(`voids the row when ${name}`, async () => {
      await withServer(oneIn100(wrong), (port) => assert.rejects(load(port), complaint));
    });
  }

  it('voids the row when the last answer never comes', async () => {
    await withServer(
      () => undefined,
      (port) => assert.rejects(load(port), /"unanswered":16/),
    );
  });

  it('follows a plan: frames one after the other, then the last in a loop, each with its own answers', async () => {
    const plan = workshop.programs.file('test.plan');
    const steps: number[] = [];
    await writeFile(plan, '7 {"n":1}\t8 {"n":2}\t9 {"n":3}\n'.repeat(4));
    await withServer(
      (frame, socket) => {
        if (frame.readUInt32BE(13) < 9) steps.push(frame.readUInt32BE(13));
        socket.write(frame);
      },
      async (port) => {
        assert.ok((await load(port, '-P', plan, '-x', '{"n":')).answered > 0);
        assert.deepEqual(steps.sort(), [7, 7, 7, 7, 8, 8, 8, 8]);
        await assert.rejects(
          load(port, '-P', plan, '-x', '{"result":true'),
          /the answer to 7 does not begin with \{"result":true: \{"n":1\}/,
        );
      },
    );
  });

  it('has a crowd of whom each must get a push once', async () => {
    const everybody = new Set<Socket>();
    let twice = false;
    const onFrame = (frame: Buffer, socket: Socket) => {
      everybody.add(socket);
      if (frame.readUInt32BE(13) === 100) {
        socket.write(frame);
        return;
      }
      const push = Buffer.from(frame);
      push.writeUInt32BE(900, 13);
      for (const each of everybody) each.write(twice && each === socket ? Buffer.concat([push, push]) : push);
    };
    await withServer(onFrame, async (port) => {
      await using crowd = await Crowd.gather(workshop.programs.crowd, port, 300);
      assert.equal(everybody.size, 300);
      assert.ok((await crowd.push(400, 900)) > 0);
      twice = true;
      await assert.rejects(crowd.push(400, 900), /got [02] frames of one push/);
    });
  });

  it('voids the row when a default limit holds the load back, because the log names the limit', async () => {
    const server = await serverOf(await workshop.cluster('default.json'), 10_001);
    await assert.rejects(
      serve(workshop, server, '-c', 4, '-d', 16, '-i', 300),
      /a limit held the load back: .*sends too many frames a second, reading is paused \(limit framesPerSecond = 200\)/,
    );
  });
};

describe('the load program', suite);

describe('a machine without a compiler', () => {
  it('is told what to install', async () => {
    const path = process.env.PATH;
    process.env.PATH = '';
    try {
      await assert.rejects(NativePrograms.compile(), /needs a C compiler, and there is no cc; on Debian: apt-get install/);
    } finally {
      process.env.PATH = path;
    }
  });
});

function shortened(frame: Buffer): Buffer {
  const copy = Buffer.from(frame.subarray(0, frame.length - 1));
  copy.writeUInt32BE(copy.length - HEAD + 4, 9);
  return copy;
}
