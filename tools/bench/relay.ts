/**
 * The yardstick: the least that a chain net, gate, game can do in Node, as three processes with nothing of a framework in them.
 *
 * Frames are copied from buffer to buffer, and what one turn writes leaves in one write. No names, no promises, no limits, no checks.
 * 100 is answered by net, 200 by gate, everything else by game; an answer is its request.
 *
 *   node relay.js game | gate GAMEPORT | net GATEPORT      forked; tells its parent its port, and ends with its parent
 */
import { connect, createServer, type Socket } from 'node:net';
import { serve } from './peer';
import { eachFrame, TurnWriter } from './turnwriter';

const HOST = '127.0.0.1';
const CLIENT_HEAD = 17;
/** Length, request number, command, nothing. */
const LINK_HEAD = 16;

const clientSize = (data: Buffer, at: number) => CLIENT_HEAD - 4 + data.readUInt32BE(at + 9);
const linkSize = (data: Buffer, at: number) => data.readUInt32BE(at);

/** Puts a frame back as it came. */
function echo(out: TurnWriter, data: Buffer, at: number, size: number): number {
  const to = out.take(size);
  data.copy(out.buffer, to, at, at + size);
  return to;
}

function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, onSocket);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, 1024, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: HOST, port, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

function game(): Promise<number> {
  return listen((socket) => {
    const out = new TurnWriter(socket);
    eachFrame(socket, LINK_HEAD, linkSize, (data, at, size) => echo(out, data, at, size));
  });
}

async function gate(gamePort: number): Promise<number> {
  const link = await dial(gamePort);
  const toGame = new TurnWriter(link);
  const asked = new Map<number, { out: TurnWriter; number: number }>();
  let last = 0;
  eachFrame(link, LINK_HEAD, linkSize, (data, at, size) => {
    const number = data.readUInt32BE(at + 4);
    const asker = asked.get(number);
    asked.delete(number);
    if (!asker) throw new Error(`game answered ${number}, which nobody asked`);
    const to = echo(asker.out, data, at, size);
    asker.out.buffer.writeUInt32BE(asker.number, to + 4);
  });
  return listen((socket) => {
    const out = new TurnWriter(socket);
    eachFrame(socket, LINK_HEAD, linkSize, (data, at, size) => {
      if (data.readUInt32BE(at + 8) === 200) {
        echo(out, data, at, size);
        return;
      }
      last = (last + 1) >>> 0;
      asked.set(last, { out, number: data.readUInt32BE(at + 4) });
      const to = echo(toGame, data, at, size);
      toGame.buffer.writeUInt32BE(last, to + 4);
    });
  });
}

async function net(gatePort: number): Promise<number> {
  const link = await dial(gatePort);
  const toGate = new TurnWriter(link);
  const asked = new Map<number, TurnWriter>();
  let last = 0;
  eachFrame(link, LINK_HEAD, linkSize, (data, at, size) => {
    const number = data.readUInt32BE(at + 4);
    const out = asked.get(number);
    asked.delete(number);
    if (!out) throw new Error(`gate answered ${number}, which nobody asked`);
    const length = size - LINK_HEAD;
    const to = out.take(CLIENT_HEAD + length);
    out.buffer.fill(0, to, to + 9);
    out.buffer.writeUInt32BE(length + 4, to + 9);
    out.buffer.writeUInt32BE(data.readUInt32BE(at + 8), to + 13);
    data.copy(out.buffer, to + CLIENT_HEAD, at + LINK_HEAD, at + size);
  });
  return listen((socket) => {
    const out = new TurnWriter(socket);
    eachFrame(socket, CLIENT_HEAD, clientSize, (data, at, size) => {
      const command = data.readUInt32BE(at + 13);
      if (command === 100) {
        echo(out, data, at, size);
        return;
      }
      last = (last + 1) >>> 0;
      asked.set(last, out);
      const length = size - CLIENT_HEAD;
      const to = toGate.take(LINK_HEAD + length);
      toGate.buffer.writeUInt32BE(LINK_HEAD + length, to);
      toGate.buffer.writeUInt32BE(last, to + 4);
      toGate.buffer.writeUInt32BE(command, to + 8);
      toGate.buffer.writeUInt32BE(0, to + 12);
      data.copy(toGate.buffer, to + LINK_HEAD, at + CLIENT_HEAD, at + size);
    });
  });
}

serve(async ([role, port]) => {
  if (role === 'game') return game();
  if (role === 'gate') return gate(Number(port));
  if (role === 'net') return net(Number(port));
  throw new Error(`${role} is no role of the relay; game, gate and net are`);
});
