import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient, encodeFrame, type Frame, ZERO_HEADER } from '../../../tools/lib/gameclient';
import { connectRaw } from '../../helpers/client';

/** Runs `body` against a TCP server that does `serve` with each connection. */
async function withServer(serve: (socket: Socket) => void, body: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
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

const echo = (socket: Socket) => void socket.on('data', (chunk) => socket.write(chunk));

describe('a frame', () => {
  it('is the bytes that the original server was captured with', () => {
    assert.equal(encodeFrame(100, 'msgdata', ZERO_HEADER).toString('hex'), '0000000000000000000000000b000000646d736764617461');
    const login = encodeFrame(101, '{"password":"chenee","username":"chenee"}\n');
    assert.equal(login.subarray(0, 17).toString('hex'), '4e25263009000000000000002e00000065');
    assert.equal(encodeFrame(1, { a: 1 }).subarray(17).toString(), '{"a":1}');
  });
});

describe('the game client', () => {
  it('gives each request the answer of its command, in the order of the requests, whatever the segments', async () => {
    const byteWise = (socket: Socket) => void socket.on('data', (chunk) => chunk.forEach((byte) => void socket.write(Buffer.of(byte))));
    for (const serve of [echo, byteWise]) {
      await withServer(serve, async (port) => {
        await using client = await connectClient({ port });
        const answers = [client.request(102, 'a'), client.request(101, 'b'), client.request(102, 'ç')];
        assert.deepEqual(
          (await Promise.all(answers)).map((frame) => `${frame.command} ${frame.text}`),
          ['102 a', '101 b', '102 ç'],
        );
      });
    }
  });

  it('hands pushes to onPush and keeps them apart from answers', async () => {
    const serve = (socket: Socket) => void socket.on('data', (chunk) => socket.write(Buffer.concat([encodeFrame(905, 'bye'), chunk])));
    await withServer(serve, async (port) => {
      const pushed: Frame[] = [];
      await using client = await connectClient({ port, onPush: (frame) => pushed.push(frame) });
      assert.equal((await client.request(105)).command, 105);
      assert.deepEqual(
        pushed.map((frame) => frame.text),
        ['bye'],
      );
      await using other = await connectClient({ port });
      other.send(105);
      assert.equal((await other.receive(905)).text, 'bye');
    });
  });

  it('rejects a wait at its deadline, and all waits when the server closes', async () => {
    await withServer(
      (socket) => void socket.once('data', () => socket.end()),
      async (port) => {
        await using client = await connectClient({ port });
        await assert.rejects(client.receive(7, 20), /no frame of command 7 within 20 ms/);
        const waits = [client.receive(), client.request(101)];
        for (const result of await Promise.allSettled(waits))
          assert.match(String((result as PromiseRejectedResult).reason), /closed the connection/);
        assert.equal(client.isOpen, false);
        await assert.rejects(client.receive(), /closed the connection/);
      },
    );
  });

  it('says where nobody listens', async () => {
    let free = 0;
    await withServer(echo, async (port) => {
      free = port;
    });
    await assert.rejects(connectClient({ port: free }), new RegExp(`cannot connect to 127.0.0.1:${free}: .*is the cluster running`));
  });

  it("ends when the server sends a header that is not the game's", async () => {
    await withServer(
      (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      async (port) => {
        await using client = await connectClient({ port });
        await assert.rejects(client.receive(), /wrong header: 485454502f312e31/);
      },
    );
  });
});

describe('raw access', () => {
  it('writes bytes as they are and reads exactly what comes', async () => {
    await withServer(echo, async (port) => {
      await using client = await connectRaw({ port });
      client.raw('ff00');
      client.raw(Buffer.from([1]));
      assert.equal((await client.bytes(2)).toString('hex'), 'ff00');
      assert.equal((await client.bytes(1)).toString('hex'), '01');
      await assert.rejects(client.bytes(1, 20), /1 bytes did not come within 20 ms; 0 came/);
    });
  });

  it('reads to the end of the connection', async () => {
    await withServer(
      (socket) => void socket.end('last words'),
      async (port) => {
        await using client = await connectRaw({ port });
        assert.equal((await client.rest()).toString(), 'last words');
        await assert.rejects(client.bytes(1), /ended before 1 bytes came/);
      },
    );
  });
});

describe('the client a person uses', () => {
  it('shares no code with the server', () => {
    const root = join(__dirname, '../../..');
    for (const file of ['tools/lib/gameclient.ts', 'tools/clienttest.ts']) {
      assert.doesNotMatch(readFileSync(join(root, file), 'utf8'), /from '[^']*\/src\//);
    }
  });
});
