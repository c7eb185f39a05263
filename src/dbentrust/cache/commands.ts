/**
 * What each command of the binary protocol does to the items, and what it answers. Pure: knows no socket.
 */
import { type Frame, OP, STATUS } from './frames';
import { expiryTime, type Item, type ItemStore } from './itemstore';

export interface Answer {
  readonly status: number;
  readonly cas?: bigint;
  readonly extras?: Buffer;
  readonly key?: Buffer;
  readonly value?: Buffer;
}

/** `quit`: the connection ends behind the answer. */
export interface Outcome {
  readonly answers: readonly Answer[];
  readonly quit?: boolean;
}

/** Each quiet command and the one it is the quiet form of. */
const LOUD: ReadonlyMap<number, number> = new Map([
  [OP.getQ, OP.get],
  [OP.getKQ, OP.getK],
  [OP.setQ, OP.set],
  [OP.addQ, OP.add],
  [OP.replaceQ, OP.replace],
  [OP.deleteQ, OP.delete],
  [OP.incrementQ, OP.increment],
  [OP.decrementQ, OP.decrement],
  [OP.quitQ, OP.quit],
  [OP.flushQ, OP.flush],
  [OP.appendQ, OP.append],
  [OP.prependQ, OP.prepend],
]);

/** Extras of each command that has a key: bytes, all required. */
const KEYED_EXTRAS: ReadonlyMap<number, number> = new Map([
  [OP.get, 0],
  [OP.getK, 0],
  [OP.set, 8],
  [OP.add, 8],
  [OP.replace, 8],
  [OP.delete, 0],
  [OP.increment, 20],
  [OP.decrement, 20],
  [OP.append, 0],
  [OP.prepend, 0],
  [OP.touch, 4],
]);

const KEY_BYTES = 250;
const NO_CREATE = 0xffff_ffff;
const MAX_COUNTER = 2n ** 64n - 1n;

const TEXT: Readonly<Record<number, string>> = {
  [STATUS.notFound]: 'Not found',
  [STATUS.exists]: 'Data exists for key.',
  [STATUS.tooLarge]: 'Too large.',
  [STATUS.invalid]: 'Invalid arguments',
  [STATUS.notStored]: 'Not stored.',
  [STATUS.notANumber]: 'Non-numeric server-side value for incr or decr',
  [STATUS.unknownCommand]: 'Unknown command',
};

/** Runs one request. @param itemBytes the largest value that is kept */
export function runCommand(items: ItemStore, request: Frame, itemBytes: number): Outcome {
  const loud = LOUD.get(request.opcode);
  const command = loud ?? request.opcode;
  const answers = KEYED_EXTRAS.has(command) ? [keyed(items, command, request, itemBytes)] : unkeyed(items, command, request);
  const usual = command === OP.get || command === OP.getK ? STATUS.notFound : STATUS.ok;
  return { answers: loud === undefined ? answers : answers.filter((answer) => answer.status !== usual), quit: command === OP.quit };
}

function unkeyed(items: ItemStore, command: number, request: Frame): Answer[] {
  switch (command) {
    case OP.noop:
    case OP.quit:
      return [{ status: STATUS.ok }];
    case OP.version:
      return [{ status: STATUS.ok, value: Buffer.from('1.6.0-firefly') }];
    case OP.flush:
      items.flush(request.extras.length === 4 && request.extras.readUInt32BE(0) > 0 ? expiryTime(request.extras.readUInt32BE(0)) : 0);
      return [{ status: STATUS.ok }];
    case OP.stat:
      return [...statistics(items), { status: STATUS.ok }];
    default:
      return [failure(STATUS.unknownCommand)];
  }
}

function statistics(items: ItemStore): Answer[] {
  const values = { pid: process.pid, curr_items: items.size, bytes: items.bytes, evictions: items.evictions };
  return Object.entries(values).map(([name, value]) => ({ status: STATUS.ok, key: Buffer.from(name), value: Buffer.from(String(value)) }));
}

function keyed(items: ItemStore, command: number, request: Frame, itemBytes: number): Answer {
  const { extras, value } = request;
  if (request.key.length === 0 || request.key.length > KEY_BYTES || extras.length !== KEYED_EXTRAS.get(command))
    return failure(STATUS.invalid);
  const key = request.key.toString('latin1');
  if (request.oversized || value.length > itemBytes) {
    // What was there must not survive a value that was meant to replace it.
    if (command === OP.set) items.delete(key);
    return failure(STATUS.tooLarge);
  }
  const item = items.get(key);
  const wanted = request.cas.readBigUInt64BE(0);
  switch (command) {
    case OP.get:
    case OP.getK:
      return item ? found(item, command === OP.getK ? request.key : undefined) : failure(STATUS.notFound);
    case OP.set:
    case OP.add:
    case OP.replace: {
      if (command === OP.add && item) return failure(STATUS.exists);
      if (!item && (command === OP.replace || wanted !== 0n)) return failure(STATUS.notFound);
      if (item && wanted !== 0n && item.cas !== wanted) return failure(STATUS.exists);
      return { status: STATUS.ok, cas: items.set(key, value, extras.readUInt32BE(0), expiryTime(extras.readUInt32BE(4))).cas };
    }
    case OP.delete:
      if (!item) return failure(STATUS.notFound);
      if (wanted !== 0n && item.cas !== wanted) return failure(STATUS.exists);
      items.delete(key);
      return { status: STATUS.ok };
    case OP.increment:
    case OP.decrement:
      return count(items, key, item, command === OP.increment, request);
    case OP.append:
    case OP.prepend: {
      if (!item) return failure(STATUS.notStored);
      if (wanted !== 0n && item.cas !== wanted) return failure(STATUS.exists);
      if (item.value.length + value.length > itemBytes) return failure(STATUS.tooLarge);
      const joined = Buffer.concat(command === OP.append ? [item.value, value] : [value, item.value]);
      return { status: STATUS.ok, cas: items.set(key, joined, item.flags, item.expiresAt).cas };
    }
    default:
      if (!item) return failure(STATUS.notFound);
      item.expiresAt = expiryTime(extras.readUInt32BE(0));
      return { status: STATUS.ok, cas: item.cas };
  }
}

function count(items: ItemStore, key: string, item: Item | undefined, up: boolean, { extras, cas }: Frame): Answer {
  const wanted = cas.readBigUInt64BE(0);
  const expiry = extras.readUInt32BE(16);
  if (!item && (expiry === NO_CREATE || wanted !== 0n)) return failure(STATUS.notFound);
  if (item && wanted !== 0n && item.cas !== wanted) return failure(STATUS.exists);
  let next = extras.readBigUInt64BE(8);
  if (item) {
    const text = item.value.toString('latin1');
    const now = /^\d{1,20}$/.test(text) ? BigInt(text) : MAX_COUNTER + 1n;
    if (now > MAX_COUNTER) return failure(STATUS.notANumber);
    const by = extras.readBigUInt64BE(0);
    next = up ? BigInt.asUintN(64, now + by) : now > by ? now - by : 0n;
  }
  const stored = items.set(key, Buffer.from(String(next)), item?.flags ?? 0, item?.expiresAt ?? expiryTime(expiry));
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(next);
  return { status: STATUS.ok, cas: stored.cas, value };
}

function found(item: Item, key: Buffer | undefined): Answer {
  const extras = Buffer.alloc(4);
  extras.writeUInt32BE(item.flags);
  return { status: STATUS.ok, cas: item.cas, extras, value: item.value, ...(key ? { key } : {}) };
}

function failure(status: number): Answer {
  return { status, value: Buffer.from(TEXT[status] ?? 'Error') };
}
