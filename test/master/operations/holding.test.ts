/** The order and the deadline of a hold. What nodes do about it is told by test/distributed/hold.test.ts and test/scenario/drain/. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../../../src/distributed/child';
import type { Fleet } from '../../../src/master/operations/fleet';
import { Holding } from '../../../src/master/operations/holding';
import { NODE } from '../../../src/server/nodewire';

const HOLD_MS = 4_000;
const LIFE_MS = 40_000;
const NONE = { inFlight: 0, sent: 0, ended: 0 };

interface Told {
  readonly peer: string;
  readonly what: 'hold' | 'linked' | 'release';
  /** The last argument: how long to settle, or to wait for the link. */
  readonly ms: number;
  readonly timeoutMs: number;
}

/** The peers of dbfront: game1 is asked first to hold, and gate first to go on. */
class Peers {
  readonly told: Told[] = [];
  readonly away = new Set<string>();
  readonly lines: string[] = [];
  readonly abort = new AbortController();
  readonly holding: Holding;

  constructor(answer: (told: Told) => unknown) {
    const node = (name: string, ...roots: string[]) => ({ name, roots: roots.map((root) => ({ name: root })) });
    const nodes = { dbfront: node('dbfront'), gate: node('gate', 'dbfront'), game1: node('game1', 'dbfront', 'gate') };
    const call = async (peer: string, target: string, args: unknown[], { timeoutMs }: { timeoutMs: number }) => {
      const what = target === NODE.linked ? 'linked' : args[1] ? 'hold' : 'release';
      const told = { peer, what, ms: args.at(-1) as number, timeoutMs } as const;
      this.told.push(told);
      return (await answer(told)) ?? NONE;
    };
    const fleet = {
      config: { limits: { holdMs: HOLD_MS }, writer: 'dbfront', nodes },
      process: () => ({ state: 'ready' }),
      child: (peer: string) =>
        this.away.has(peer)
          ? undefined
          : ({ call: (...args: [string, unknown[], { timeoutMs: number }]) => call(peer, ...args) } as unknown as Child),
    } as unknown as Fleet;
    this.holding = new Holding(fleet, 'dbfront', {
      signal: this.abort.signal,
      step: () => {},
      line: (text) => this.lines.push(text),
      nodeDone: () => {},
    });
  }

  get order(): string[] {
    return this.told.map(({ peer, what }) => `${peer} ${what}`);
  }

  of(what: Told['what'], peer: string): Told[] {
    return this.told.filter((told) => told.what === what && told.peer === peer);
  }
}

describe('a hold', () => {
  it('goes no further when the operation is called off', async () => {
    let settled = () => {};
    const peers = new Peers(({ what }) => {
      if (what !== 'hold') return undefined;
      peers.abort.abort(new Error('the cluster stops'));
      return new Promise<void>((resolve) => {
        settled = resolve;
      });
    });
    await assert.rejects(peers.holding.begin(LIFE_MS), /^Error: the cluster stops$/);
    settled();
    await peers.holding.letGo();
    assert.deepEqual(peers.order, ['game1 hold', 'gate release', 'game1 release']);
  });

  it('gives all who settle one after the other one time together', async () => {
    const peers = new Peers(({ what, ms }) => (what === 'hold' ? delay(ms + 50) : undefined));
    await peers.holding.begin(LIFE_MS);
    const [first] = peers.of('hold', 'game1');
    const [second] = peers.of('hold', 'gate');
    assert.ok(first && second && first.ms <= 2_000 && second.ms <= 200, JSON.stringify(peers.told));
  });

  it('does not let the calls of others end because one stands still', async () => {
    const peers = new Peers(({ peer, what }) => {
      if (peer === 'game1' && what === 'linked') throw new Error('no answer');
      return undefined;
    });
    await peers.holding.begin(LIFE_MS);
    await peers.holding.goOn();
    const [first] = peers.of('linked', 'game1');
    assert.ok(first && first.timeoutMs < HOLD_MS - 500, `${first?.timeoutMs} ms waited before anybody goes on`);
    assert.deepEqual(peers.order.slice(2), ['gate linked', 'game1 linked', 'gate release', 'game1 linked', 'game1 release']);
    assert.match(peers.lines.join('\n'), /game1 has not linked with dbfront within 5000 ms/);
  });

  it('is refused when a node that is ready cannot be told', async () => {
    const peers = new Peers(() => undefined);
    peers.away.add('gate');
    await assert.rejects(
      peers.holding.begin(LIFE_MS),
      /gate is ready but has no link to the master, so it cannot hold calls to dbfront; nothing was changed/,
    );
  });

  it('names who does not begin', async () => {
    const peers = new Peers(({ peer, what }) => {
      if (peer === 'gate' && what === 'hold') throw new Error('no answer');
      return undefined;
    });
    await assert.rejects(peers.holding.begin(LIFE_MS), /^Error: gate did not begin to hold calls to dbfront; nothing was changed$/);
  });
});
