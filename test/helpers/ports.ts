/**
 * A FIREFLY_PORT_OFFSET whose ports are free, claimed for as long as the claim is held.
 *
 * The claim is a listening socket of its own, so that test files that run at once never choose the same offset and a claim ends
 * with its process. Offsets are multiples of 20: no two of them bring different ports of one cluster to the same number.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const FIRST = 1_000;
const LAST = 20_000;
const STEP = 20;
/** No cluster listens here. */
const CLAIM_PORT = 9_997;

export interface ClaimedPorts extends AsyncDisposable {
  readonly offset: number;
}

/** @param ports that the cluster uses, before the offset. @throws Error when there is no free offset at all */
export async function claimPorts(ports: readonly number[]): Promise<ClaimedPorts> {
  const count = Math.floor((LAST - FIRST) / STEP) + 1;
  const start = Math.floor(Math.random() * count);
  for (let n = 0; n < count; n++) {
    const offset = FIRST + ((start + n) % count) * STEP;
    const claim = await tryListen(CLAIM_PORT + offset);
    if (!claim) continue;
    if (await areFree(ports.map((port) => port + offset))) return { offset, [Symbol.asyncDispose]: () => close(claim) };
    await close(claim);
  }
  throw new Error(`no port offset from ${FIRST} to ${LAST} has all of ${ports.join(', ')} free`);
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) {
    const server = await tryListen(port);
    if (!server) return false;
    await close(server);
  }
  return true;
}

async function tryListen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
