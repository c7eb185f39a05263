/** What a dbfront that dies, loses its power or freezes at each point of a change's way leaves behind: what was acknowledged, once. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FAULT_POINTS, type FaultPoint } from '../../../src/dbentrust/faults';
import { waitFor } from '../../../tools/lib/wait';
import type { FreshDatabase } from '../../helpers/services';
import { LAST, Purse, type PursePlace } from './purse';

export interface CrashStores {
  readonly name: string;
  readonly database: () => Promise<FreshDatabase>;
  readonly memcached: () => Promise<string>;
  /** A process that is frozen inside a transaction keeps nobody else out for long. */
  readonly endsHolders: boolean;
}

/** Those that a change passes; what an operator does to the quarantine has tests of its own. */
type Point = Exclude<FaultPoint, 'flush.thawed'>;
const POINTS = FAULT_POINTS.filter((point): point is Point => point !== 'flush.thawed');

/** When it happens there: late enough that something was acknowledged and flushed before. */
const NTH: Readonly<Record<Point, number>> = {
  'journal.claimed': 1,
  'journal.copied': 1,
  'journal.opened': 1,
  'journal.appended': 9,
  'journal.written': 9,
  'journal.synced': 9,
  'journal.rotated': 1,
  'writer.cached': 7,
  'writer.acknowledged': 7,
  'flush.begun': 2,
  'flush.written': 2,
  'flush.committed': 2,
  'journal.truncated': 2,
};
/** Points that the group in question passes after its sync: it is durable although nobody was told. */
const DURABLE: readonly FaultPoint[] = ['journal.synced', 'writer.cached'];
/** Where no group is on its way. */
const BETWEEN: readonly FaultPoint[] = ['flush.begun', 'flush.written', 'flush.committed', 'journal.truncated'];
const OPENING: readonly FaultPoint[] = ['journal.claimed', 'journal.copied', 'journal.opened'];
const DEADLINE_MS = 60_000;

/** A dbfront in a process of its own. */
class Faulty implements AsyncDisposable {
  readonly #child: ChildProcess;
  #text = '';

  constructor(place: PursePlace, first: number, fault: string) {
    this.#child = spawn(process.execPath, [join(__dirname, 'purse.js'), JSON.stringify({ ...place, first })], {
      env: { ...process.env, FIREFLY_FAULT: fault },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
  }

  get said(): string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  /** Numbers that it said behind a word. */
  numbers(word: string): number[] {
    return this.said.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.slice(word.length)));
  }

  async ended(): Promise<NodeJS.Signals | number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    if (!this.#child.stdout?.readableEnded && !this.#child.stdout?.destroyed) await once(this.#child.stdout ?? this.#child, 'close');
    return this.#child.signalCode ?? this.#child.exitCode;
  }

  async frozen(): Promise<void> {
    const stands = async () => {
      assert.equal(this.#child.exitCode, null, `it ended: ${this.#text}`);
      return /^State:\s+T/m.test(await readFile(`/proc/${this.#child.pid}/status`, 'utf8'));
    };
    await waitFor(stands, () => `a frozen process; it said ${this.#text}`, DEADLINE_MS);
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended();
  }
}

export function crashSuite({ name, database, memcached }: CrashStores): void {
  for (const cut of [false, true]) {
    describe(`dbfront on ${name} that ${cut ? 'loses its power' : 'dies'} at`, () => {
      for (const point of POINTS) {
        it(`${point} has every group that it acknowledged, whole and once`, () =>
          places(database, memcached, async (place) => {
            const first = OPENING.includes(point) ? await leaveBehind(place) : 1;
            await using dead = new Faulty(place, first, `${point}:${NTH[point]}:kill${cut ? ',journal=powercut' : ''}`);
            assert.equal(await dead.ended(), 'SIGKILL', dead.said.join());
            await goesOn(place, point, dead, first - 1, cut);
          }));
      }
    });
  }
}

export function freezeSuite({ name, database, memcached, endsHolders }: CrashStores): void {
  describe(`dbfront on ${name} that is frozen, replaced, and wakes up at`, () => {
    for (const point of POINTS) {
      if (point === 'flush.written' && !endsHolders) continue;
      it(`${point} changes nothing, and acknowledges nothing that the other one has not`, () =>
        places(database, memcached, async (place) => {
          const first = OPENING.includes(point) ? await leaveBehind(place) : 1;
          await using frozen = new Faulty(place, first, `${point}:${NTH[point]}:freeze`);
          await frozen.frozen();
          const acknowledged = frozen.numbers('acknowledged');
          const purses = await goesOn(place, point, frozen, first - 1, false, async () => {
            frozen.wake();
            await frozen.ended();
            // It may say what was durable before the other one read the journal: that one has it.
            const later = frozen.numbers('acknowledged').slice(acknowledged.length);
            assert.equal(later.length, DURABLE.includes(point) ? 1 : 0);
            assert.match(frozen.said.at(-1) ?? '', /^failed /);
          });
          await using last = await Purse.open(place);
          assert.deepEqual(await last.seen(), purses);
          assert.deepEqual(await last.inSql(), purses);
        }));
    }
  });
}

/** The next dbfront: has what was acknowledged, answers the group that is sent again, and takes more. @returns what is there in the end */
async function goesOn(
  place: PursePlace,
  point: Point,
  dead: Faulty,
  before: number,
  cut: boolean,
  meanwhile = async () => {},
): Promise<{ given: number; taken: number; entries: number }> {
  await using next = await Purse.open(place);
  const acknowledged = dead.numbers('acknowledged').at(-1) ?? before;
  const begun = dead.numbers('begun').at(-1) ?? before;
  assert.ok(begun === acknowledged || begun === acknowledged + 1);
  const found = (await next.seen()).entries;
  assert.deepEqual(await next.seen(), { given: found, taken: found, entries: found }, 'a group in part');
  assert.ok(found === acknowledged || found === begun, `${found} groups of ${acknowledged} acknowledged and ${begun} sent`);
  if (BETWEEN.includes(point)) assert.equal(begun, acknowledged, 'nothing was on its way');
  if (point === 'writer.acknowledged') assert.equal(acknowledged, NTH[point], 'the answer was on its way');
  if (DURABLE.includes(point)) assert.equal(found, begun, 'what was synced is there');
  if (point === 'journal.written' && !cut) assert.equal(found, begun, 'what was written is there: the process died, not the machine');
  if (!OPENING.includes(point)) assert.ok(acknowledged > 0);
  const all = begun + 1;
  for (let number = acknowledged + 1; number <= all; number++) {
    const outcomes = await next.send(number);
    assert.deepEqual(await next.send(number), outcomes, 'sent again');
  }
  await meanwhile();
  assert.ok(all <= LAST + 1);
  await next.writer.flush();
  const purses = { given: all, taken: all, entries: all };
  assert.deepEqual(await next.seen(), purses);
  assert.deepEqual(await next.inSql(), purses);
  return purses;
}

/** A journal with groups that are not in SQL. @returns the number of the next group */
async function leaveBehind(place: PursePlace): Promise<number> {
  await using dead = new Faulty(place, 1, 'writer.acknowledged:3:kill');
  assert.equal(await dead.ended(), 'SIGKILL', dead.said.join());
  assert.deepEqual(dead.numbers('acknowledged'), [1, 2, 3]);
  return 4;
}

async function places(
  database: CrashStores['database'],
  memcached: CrashStores['memcached'],
  body: (place: PursePlace) => Promise<void>,
): Promise<void> {
  const fresh = await database();
  const folder = mkdtempSync(join(tmpdir(), 'firefly-journal-'));
  try {
    await body({ config: fresh.config, dataDir: fresh.dataDir, folder, memcached: await memcached() });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await fresh.drop();
  }
}
