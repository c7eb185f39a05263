/**
 * Many requests in one piece: quiet ones answer only what is not the usual, and the noop behind them says that all are through. All of a piece share one opaque.
 */
import { MemConnError } from '../../errors';
import { frameHead, OP, REQUEST, STATUS } from './frames';
import type { Reply, Transport } from './transport';

export interface Item {
  readonly key: string;
  readonly value: Buffer;
}

const SET_EXTRAS = 8;

/** Hands over what is there. @throws MemConnError, QueueFull */
export async function getQuietly(
  server: Transport,
  opaque: number,
  keys: readonly string[],
  found: (key: string, value: Buffer) => void,
): Promise<void> {
  const gets = keys.map((key) => frameHead({ magic: REQUEST, opcode: OP.getKQ, opaque, key: Buffer.from(key), valueBytes: 0 }));
  let refusal: MemConnError | undefined;
  await send(server, opaque, gets, ({ header, key, val }) => {
    if (header.status === STATUS.ok) found(key.toString(), val);
    else refusal = new MemConnError(`${server}: refused a get with status ${header.status}`);
  });
  if (refusal) throw refusal;
}

/** @param expiry as the protocol has it @returns whether all are stored; of the others nobody knows which @throws MemConnError, QueueFull */
export async function setQuietly(server: Transport, opaque: number, items: readonly Item[], expiry: number): Promise<boolean> {
  const extras = Buffer.alloc(SET_EXTRAS);
  extras.writeUInt32BE(expiry, 4);
  const parts: Buffer[] = [];
  for (const { key, value } of items) {
    parts.push(frameHead({ magic: REQUEST, opcode: OP.setQ, opaque, extras, key: Buffer.from(key), valueBytes: value.length }), value);
  }
  let isStored = true;
  await send(server, opaque, parts, () => {
    isStored = false;
  });
  return isStored;
}

/** Settles when all are through. @param answer takes what a quiet request answers */
function send(server: Transport, opaque: number, parts: readonly Buffer[], answer: (reply: Reply) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const take = (reply: Reply) => {
      if (reply.header.opcode !== OP.noop) answer(reply);
      // The transport takes an answer without a body for the last, whatever it is.
      if (reply.header.totalBodyLength === 0) resolve();
    };
    server.onResponse(opaque, Object.assign(take, { quiet: true }));
    server.onError(opaque, reject);
    server.write(Buffer.concat([...parts, frameHead({ magic: REQUEST, opcode: OP.noop, opaque, valueBytes: 0 })]));
  });
}
