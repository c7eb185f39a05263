/** The caller of the RPC rows: a closed loop of calls, the same for the framework's link and for the bare one. */
import { setTimeout as delay } from 'node:timers/promises';

const PAYLOAD = 64;
const WARM_UP_MS = 500;

/** Has a number and bytes echoed: the least that a game's call carries, who and what. */
export type Echo = (dynamicId: number, data: Buffer) => Promise<unknown>;

export interface CallLoad {
  readonly inFlight: number;
  readonly seconds: number;
}

export interface CallResult {
  readonly perSecond: number;
  readonly calls: number;
}

/** @throws Error when a call fails or its result is not what it sent */
export async function callInLoop(echo: Echo, { inFlight, seconds }: CallLoad): Promise<CallResult> {
  let isOver = false;
  let calls = 0;
  const loop = async () => {
    while (!isOver) {
      const number = calls++;
      const data = Buffer.allocUnsafe(PAYLOAD);
      data.writeUInt32BE(number, 0);
      const result = await echo(number, data);
      if (!Buffer.isBuffer(result) || result.length !== PAYLOAD || result.readUInt32BE(0) !== number) {
        throw new Error(`call ${number} got a result that is not its own`);
      }
    }
  };
  const loops = Promise.all(Array.from({ length: inFlight }, loop));
  // A loop that fails ends the measurement at once.
  const pause = (ms: number) => Promise.race([delay(ms), loops]);
  await pause(WARM_UP_MS);
  const start = performance.now();
  const before = calls;
  await pause(seconds * 1_000);
  const took = performance.now() - start;
  const counted = calls - before;
  isOver = true;
  await loops;
  return { perSecond: (counted * 1_000) / took, calls };
}
