/**
 * The yardstick of RPC: msgpackr, a promise a call and a map of those that are pending, over one connection. Nothing else.
 *
 *   node barelink.js serve | call PORT      forked, see peer.ts
 */
import { connect, createServer, type Socket } from 'node:net';
import { Packr } from 'msgpackr';
import { type CallLoad, callInLoop, type Echo } from './calls';
import { serve } from './peer';
import { eachFrame, TurnWriter } from './turnwriter';

const HEAD = 4;
const packr = new Packr({ useRecords: false });
const sizeOf = (data: Buffer, at: number) => HEAD + data.readUInt32BE(at);

function send(out: TurnWriter, message: unknown): void {
  const body = packr.pack(message);
  const at = out.take(HEAD + body.length);
  out.buffer.writeUInt32BE(body.length, at);
  body.copy(out.buffer, at + HEAD);
}

function answering(): Promise<number> {
  const targets: Record<string, (...args: unknown[]) => unknown> = { echo: (_dynamicId, data) => data };
  const server = createServer({ noDelay: true }, (socket) => {
    const out = new TurnWriter(socket);
    eachFrame(socket, HEAD, sizeOf, (data, at, size) => {
      const [number, target, args] = packr.unpack(data.subarray(at + HEAD, at + size)) as [number, string, unknown[]];
      send(out, [number, targets[target]?.(...args)]);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

function calling(socket: Socket): Echo {
  const out = new TurnWriter(socket);
  const pending = new Map<number, (result: unknown) => void>();
  let last = 0;
  eachFrame(socket, HEAD, sizeOf, (data, at, size) => {
    const [number, result] = packr.unpack(data.subarray(at + HEAD, at + size)) as [number, unknown];
    pending.get(number)?.(result);
    pending.delete(number);
  });
  return (...args) =>
    new Promise((resolve) => {
      const number = ++last;
      pending.set(number, resolve);
      send(out, [number, 'echo', args]);
    });
}

let echo: Echo | undefined;

serve(
  async ([role, port]) => {
    if (role === 'serve') return answering();
    const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    echo = calling(socket);
    return 0;
  },
  (load) => {
    if (!echo) throw new Error('this side does not call');
    return callInLoop(echo, load as CallLoad);
  },
);
