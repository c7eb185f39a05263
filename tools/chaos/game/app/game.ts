/** A game node: moves money, watches all accounts, and tells the others of what was acknowledged. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FireflyError, GlobalObject, onStart, onUnload, remoteserviceHandle } from 'firefly-ts';
import { accounts, type Moved, moveByIncrement, moveByReading, type Transfer, transfers } from './bank';
import { Ledger } from './ledger';
import { settings } from './settings';
import { Watch } from './watch';

/** Rows that a reader asks for at a time. */
const READ_ROWS = 12;
const READ_PAUSE_MS = 10;
const REFUSED_PAUSE_MS = 20;

const { folder, accounts: count, movers, pauseMs, readers, leaseMs } = settings();
const name = `${String(GlobalObject().config.name)}.${Date.now().toString(36)}`;
const ledger = new Ledger(folder, name);
const watch = new Watch(leaseMs, (what) => ledger.write('V', `${name} ${what}`));
const below = (bound: number) => Math.floor(Math.random() * bound);
let drawn = 0;
let isStopped = false;

remoteserviceHandle('gate')(function told(moved: Moved[], at: string) {
  watch.told(moved, BigInt(at));
});

onStart(async () => {
  await Promise.all([accounts.insert(), transfers.insert()]);
  for (let mover = 0; mover < movers; mover++) void move();
  for (let reader = 0; reader < readers; reader++) void read();
});

onUnload(() => {
  isStopped = true;
});

async function move(): Promise<void> {
  while (!isStopped) {
    if (existsSync(join(folder, 'stop'))) await delay(100);
    else await transfer();
    await delay(below(pauseMs));
  }
}

async function transfer(): Promise<void> {
  const source = 1 + below(count);
  const target = 1 + ((source + below(count - 1)) % count);
  const one: Transfer = { mark: `${name}.${++drawn}`, source, target, amount: 1 + below(20) };
  ledger.write('B', one.mark);
  ledger.add('inFlight');
  try {
    const moved = await (below(2) === 0 ? byReading(one) : moveByIncrement(one));
    const at = process.hrtime.bigint();
    ledger.write('A', one.mark);
    ledger.add('acknowledged');
    watch.wrote(moved);
    tell(moved, at);
  } catch (error) {
    const isUnknown = error instanceof FireflyError && error.maybeExecuted;
    ledger.write(
      isUnknown ? 'U' : 'R',
      `${one.mark} ${error instanceof Error ? error.name : ''} ${String(error).slice(0, 150).replaceAll('\n', ' ')}`,
    );
    ledger.add(isUnknown ? 'unknown' : 'refused');
    await delay(REFUSED_PAUSE_MS);
  } finally {
    ledger.add('inFlight', -1);
  }
}

function byReading(one: Transfer): Promise<Moved[]> {
  return moveByReading(one, {
    account: (account, read) => {
      ledger.add('rowsDecidedOn');
      return watch.account(account, read);
    },
  });
}

function tell(moved: readonly Moved[], at: bigint): void {
  if (moved.length === 0) return;
  try {
    GlobalObject().remote.gate?.notifyRemote('acknowledged', moved, String(at));
  } catch {
    // The others are not told, and hold nothing against what they read.
  }
}

async function read(): Promise<void> {
  while (!isStopped) {
    const asked = Array.from({ length: READ_ROWS }, () => 1 + below(count));
    const floors = new Map(asked.map((account) => [account, watch.floor(account)]));
    ledger.add('rowsRead', asked.length);
    try {
      for (const { pk, version, data } of await accounts.getObjList(asked)) {
        const floor = floors.get(Number(pk));
        if (floor) watch.saw(Number(pk), floor, version, data);
      }
    } catch {
      ledger.add('readsFailed');
    }
    // The one look behind the public API: only the node itself knows where its rows came from.
    ledger.set('cached', GlobalObject().node.data?.reader.cached ?? 0);
    await delay(READ_PAUSE_MS);
  }
}
