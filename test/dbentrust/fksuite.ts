/** The list of a foreign key, whatever is made, moved and deleted while flushes run and other lists are read. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MAdmin } from '../../src/dbentrust/face/madmin';
import type { PkValue } from '../../src/dbentrust/port';

import { World } from './world';
import type { Stores } from './worlds';

const FKS = 4;

/** What one of several players does with rows that nobody else touches. */
type Step =
  | { readonly do: 'new' | 'move'; readonly row: number; readonly fk: number }
  | { readonly do: 'delete' | 'read'; readonly row: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('new' as const, 'move' as const), row: fc.nat(7), fk: fc.nat(FKS - 1) }),
  fc.record({ do: fc.constantFrom('delete' as const, 'read' as const), row: fc.nat(7) }),
);
/** Four players at once; between their steps a flush, or none. */
const game = fc.record({
  players: fc.array(fc.array(step, { minLength: 5, maxLength: 25 }), { minLength: 4, maxLength: 4 }),
  flushes: fc.nat(12),
});

/** One player's rows: what each of them has as its foreign key. */
class Player {
  readonly #items: MAdmin;
  readonly #fk: (n: number) => number;
  /** By the number of the row. */
  readonly #pks = new Map<number, PkValue>();
  readonly held = new Map<PkValue, number>();

  constructor(items: MAdmin, fk: (n: number) => number) {
    this.#items = items;
    this.#fk = fk;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const each of steps) {
      const pk = this.#pks.get(each.row);
      if (each.do === 'new' && pk === undefined) {
        const item = await this.#items.new({ characterId: this.#fk(each.fk) });
        this.#pks.set(each.row, item.pk);
        this.held.set(item.pk, each.fk);
      } else if (each.do === 'move' && pk !== undefined) {
        await (await this.#items.getObj(pk))?.update('characterId', this.#fk(each.fk));
        this.held.set(pk, each.fk);
      } else if (each.do === 'delete' && pk !== undefined) {
        await this.#items.deleteMode(pk);
        this.#pks.delete(each.row);
        this.held.delete(pk);
      } else if (each.do === 'read') await this.check();
    }
  }

  /** Each of this player's rows is in the list of its foreign key and in no other, whatever the others do. */
  async check(): Promise<void> {
    const lists = await Promise.all(Array.from({ length: FKS }, (_, n) => this.#items.getAllPkByFk(this.#fk(n))));
    for (const [n, list] of lists.entries()) {
      assert.deepEqual(
        [...list].sort((a, b) => Number(a) - Number(b)),
        list,
        'ascending',
      );
      assert.equal(new Set(list).size, list.length, 'each once');
      for (const [pk, fk] of this.held) assert.equal(list.includes(pk), fk === n, `row ${pk} of foreign key ${fk} in the list of ${n}`);
    }
  }
}

export function fkSuite(name: string, stores: Stores): void {
  describe(`${name}: the list of a foreign key`, () => {
    it('holds exactly the rows that have it, while rows are made, moved and deleted and flushes run', async () => {
      const [database, memcached] = [await stores.database(), await stores.memcached()];
      try {
        await using world = await World.open(database, memcached === undefined ? {} : { memcached });
        const options = { fk: 'characterId', incrkey: 'id' };
        const nodes = [world.node(), world.node()];
        const admins = await Promise.all(nodes.map((node) => node.admin('tb_item', 'id', options)));
        let games = 0;
        await fc.assert(
          fc.asyncProperty(game, async ({ players, flushes }) => {
            const first = ++games * FKS;
            const fk = (n: number) => first + n;
            const all = players.map((_, at) => new Player(admins[at % admins.length] as MAdmin, fk));
            const flushing = async () => {
              for (let i = 0; i < flushes; i++) await nodes[0]?.port.flush();
            };
            await Promise.all([flushing(), ...all.map((player, at) => player.play(players[at] ?? []))]);
            for (let n = 0; n < FKS; n++) {
              const expected = all.flatMap(({ held }) => [...held].filter(([, each]) => each === n).map(([pk]) => Number(pk)));
              const sorted = expected.sort((a, b) => a - b);
              assert.deepEqual(await admins[0]?.getAllPkByFk(fk(n)), sorted);
              await nodes[0]?.port.flush();
              assert.deepEqual(await admins[1]?.getAllPkByFk(fk(n)), sorted);
            }
          }),
          { numRuns: 25 },
        );
      } finally {
        await database.drop();
      }
    });
  });
}
