/** Traffic on rows: nodes that write and read them, and check at each read what must be seen by then. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { VersionedRow } from '../../src/dbentrust/change';
import type { Row } from '../../src/dbentrust/port';
import { waitFor } from '../../tools/lib/wait';

export const LEASE_MS = 1_000;
/** Some rows change all the time; what memcached has of the others stays there for long. */
const HOT_KEYS = 20;
export const KEYS = 600;

interface Acknowledged {
  readonly version: number;
  readonly at: number;
}

/** What traffic needs of a node. */
export interface TrafficNode {
  readAll(pks: readonly number[]): Promise<readonly VersionedRow[]>;
  /** Changes a row, null: deletes it. @returns the version it got, when that is acknowledged */
  write(pk: number, row: Row | null): Promise<number>;
  /** A sample of a metric of the node. */
  count(name: string): Promise<number>;
}

/** Writes and reads as fast as they are answered, and checks what each reader may see. What a reader must not have seen rejects `go` and `stop`. */
export class Traffic {
  readonly #nodes: readonly TrafficNode[];
  readonly #acknowledged = new Map<number, Acknowledged[]>();
  #isOver = false;
  #tasks: Promise<unknown>[] = [];
  reads = 0;
  writes = 0;
  /** Until then an acknowledged change may be seen late by other nodes. */
  faultUntil = 0;
  #seed = 1;

  constructor(nodes: readonly TrafficNode[]) {
    this.#nodes = nodes;
  }

  start(): void {
    for (const node of this.#nodes) {
      const known = new Map<number, number>();
      this.#tasks.push(this.#write(node, known));
      for (let i = 0; i < 4; i++) this.#tasks.push(this.#watch(node, known));
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#tasks);
  }

  /** Lets traffic run until so many more reads and writes were made. */
  async go(reads: number): Promise<void> {
    const [readsBefore, writesBefore] = [this.reads, this.writes];
    const more = () => this.reads - readsBefore >= reads && this.writes - writesBefore >= reads / 20;
    await Promise.race([waitFor(more, 'traffic', 60_000), ...this.#tasks]);
    if (!more()) await Promise.all(this.#tasks);
  }

  /** Waits until every node reads from memcached. */
  async hits(): Promise<void> {
    for (const node of this.#nodes) {
      const before = await node.count('firefly_cache_hits_total');
      const some = waitFor(async () => (await node.count('firefly_cache_hits_total')) > before + 50, 'hits', 30_000);
      await Promise.race([some, ...this.#tasks]);
    }
    await this.go(500);
  }

  #random(below: number): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((this.#seed / 2_147_483_648) * below);
  }

  #key(): number {
    return this.#random(2) === 0 ? this.#random(HOT_KEYS) : this.#random(KEYS);
  }

  async #write(node: TrafficNode, known: Map<number, number>): Promise<void> {
    while (!this.#isOver) {
      const pk = this.#key();
      const version = await node.write(pk, this.#random(10) === 0 ? null : { pk, filling: 'x'.repeat(this.#random(300)) });
      const list = this.#acknowledged.get(pk) ?? [];
      list.push({ version, at: performance.now() });
      this.#acknowledged.set(pk, list);
      known.set(pk, Math.max(known.get(pk) ?? 0, version));
      this.writes += 1;
      await delay(1);
    }
  }

  /** @param known what this node read and wrote: what it reads later must not be older */
  async #watch(node: TrafficNode, known: Map<number, number>): Promise<void> {
    while (!this.#isOver) {
      const pks = Array.from({ length: 1 + this.#random(3) }, () => this.#key());
      const begun = performance.now();
      const floors = pks.map((pk) => Math.max(known.get(pk) ?? 0, this.#visible(pk, begun)));
      const rows = await node.readAll(pks);
      for (const [at, pk] of pks.entries()) {
        const version = rows[at]?.version ?? -1;
        const floor = floors[at] ?? 0;
        assert.ok(version >= floor, `row ${pk} was read at version ${version}, and ${floor} was known or due when the read began`);
        known.set(pk, Math.max(known.get(pk) ?? 0, version));
      }
      this.reads += 1;
      await delay(this.reads % 50 === 0 ? 1 : 0);
    }
  }

  /** The newest version that everybody has to see now: acknowledged, and for one lease where memcached may have failed. */
  #visible(pk: number, now: number): number {
    const due = now < this.faultUntil ? now - LEASE_MS : now;
    return this.#acknowledged.get(pk)?.findLast(({ at }) => at < due)?.version ?? 0;
  }
}
