/** Flushing, quarantine and fence under a whole writer with its journal, on either database. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DiskFiles } from '../../../src/dbentrust/journal/files';
import { parsePosition, writeAcceptance } from '../../../src/dbentrust/journal/gap';
import { RowRefused, StartFailed } from '../../../src/errors';
import type { FreshDatabase } from '../../helpers/services';
import { FaultyWriter } from './child';
import { Dbfront, insert, update } from './dbfront';

export function dbfrontSuite(name: string, fresh: () => Promise<FreshDatabase>): void {
  const places = async (body: (database: FreshDatabase, folder: string) => Promise<void>): Promise<void> => {
    const database = await fresh();
    const folder = mkdtempSync(join(tmpdir(), 'firefly-journal-'));
    try {
      await body(database, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await database.drop();
    }
  };
  const acknowledged = new Map(Array.from({ length: 60 }, (_, index) => [index + 1, `hero ${index + 1} ${index % 2 === 0 ? 2 : 3}`]));

  describe(`a whole writer on ${name}`, () => {
    for (const point of ['flush.begun', 'flush.written', 'flush.committed']) {
      it(`that dies at ${point} loses nothing that it acknowledged`, () =>
        places(async (database, folder) => {
          await using dead = await FaultyWriter.start('dbfront.js', { ...database, folder }, `${point}:2:kill`);
          assert.deepEqual([await dead.line(), await dead.line()], ['acknowledged', undefined]);
          await using next = await Dbfront.open(database, folder);
          assert.deepEqual((await next.writer.flush()).refused, []);
          assert.deepEqual(await next.heroes(), acknowledged);
        }));
    }

    for (const point of database(name) === 'mysql'
      ? ['flush.begun', 'flush.written', 'flush.committed']
      : ['flush.begun', 'flush.committed']) {
      it(`that is frozen at ${point} and wakes up after another took over changes nothing and acknowledges nothing`, () =>
        places(async (database, folder) => {
          await using frozen = await FaultyWriter.start('dbfront.js', { ...database, folder }, `${point}:2:freeze`);
          assert.equal(await frozen.line(), 'acknowledged');
          await frozen.stopped();
          await using next = await Dbfront.open(database, folder);
          await next.commit(update(1, { level: 50 }), update(2, { level: 60 }));
          await next.writer.flush();
          frozen.wake();
          const said: (string | undefined)[] = [];
          for (let line = await frozen.line(); line !== undefined; line = await frozen.line()) said.push(line);
          await frozen.ended();
          assert.match(said.at(-1) ?? '', /^refused /);
          const expected = new Map([...acknowledged, [1, 'hero 1 50'], [2, 'hero 2 60']]);
          assert.deepEqual(await next.heroes(), expected);
          await next.writer.flush();
          assert.deepEqual(await next.heroes(), expected);
        }));
    }

    it('a row that only SQL can refuse is frozen with its group, shown as acknowledged, still so after a restart, and free again when it is released', () =>
      places(async (database, folder) => {
        {
          await using first = await Dbfront.open(database, folder);
          for (let id = 1; id <= 20; id++) await first.commit(insert(id, `n${id}`, 1));
          await first.writer.flush();
          await first.commit(update(5, { level: 500 }), update(6, { name: 'bound' }));
          await first.commit(update(7, { level: 7 }));
          assert.equal((await first.writer.flush()).refused.length, 2);
        }
        await using next = await Dbfront.open(database, folder);
        assert.deepEqual(
          (await next.writer.quarantine()).map(({ pk }) => pk),
          [5, 6],
        );
        const shown = await next.writer.load('tb_hero', [5, 6, 7]);
        assert.deepEqual(
          shown.map(({ row }) => [row?.name, row?.level]),
          [
            ['n5', 500],
            ['bound', 1],
            ['n7', 7],
          ],
        );
        for (const id of [5, 6])
          await assert.rejects(
            next.commit(update(id, { level: 2 })),
            (error) => error instanceof RowRefused && /quarantine/.test(error.reason),
          );
        assert.equal((await next.writer.release('tb_hero', 6)).refused.length, 2);
        await next.writer.drop('tb_hero', 6);
        assert.deepEqual(await next.writer.quarantine(), []);
        const after = await next.writer.load('tb_hero', [5, 6]);
        assert.deepEqual(
          after.map(({ row }) => [row?.name, row?.level]),
          [
            ['n5', 1],
            ['n6', 1],
          ],
        );
        await next.commit(update(5, { level: 50 }));
        await next.writer.flush();
        assert.equal((await next.heroes()).get(5), 'n5 50');
      }));

    for (const [fault, said] of [
      ['', 'dropped'],
      // Between SQL, which has it so, and the journal.
      ['flush.thawed:1:kill', undefined],
    ] as const) {
      it(`that dies right after a drop, ${said ? 'when' : 'before'} that was answered, does not bring the change back`, () =>
        places(async (database, folder) => {
          await using dead = await FaultyWriter.start('dropper.js', { ...database, folder }, fault);
          assert.equal(await dead.line(), said);
          await dead.ended();
          for (let start = 0; start < 2; start++) {
            await using next = await Dbfront.open(database, folder);
            const is = async () => [[...(await next.heroes()).values()], await next.writer.quarantine()];
            assert.deepEqual(await is(), [['one 1', 'two 2'], []]);
            assert.deepEqual(
              (await next.writer.load('tb_hero', [1, 2])).map(({ row }) => [row?.name, row?.level]),
              [
                ['one', 1],
                ['two', 2],
              ],
            );
            assert.deepEqual((await next.writer.flush()).refused, []);
            assert.deepEqual(await is(), [['one 1', 'two 2'], []]);
          }
        }));
    }

    it('a journal folder that is gone is refused, and passed over when somebody says so', () =>
      places(async (database, folder) => {
        for (let start = 1; start <= 4; start++) {
          await using dbfront = await Dbfront.open(database, folder);
          await dbfront.commit(insert(start, `n${start}`, 1));
          await dbfront.writer.flush();
        }
        rmSync(folder, { recursive: true });
        let position = '';
        await assert.rejects(Dbfront.open(database, folder), (error) => {
          assert.ok(error instanceof StartFailed, String(error));
          position = /--accept-gap (\S+)/.exec(error.message)?.[1] ?? '';
          return true;
        });
        await writeAcceptance(new DiskFiles(), folder, parsePosition(position));
        await using next = await Dbfront.open(database, folder);
        await next.commit(insert(5, 'n5', 1));
        await next.writer.flush();
        assert.equal((await next.heroes()).size, 5);
      }));
  });
}

function database(name: string): 'mysql' | 'sqlite' {
  return name === 'MariaDB' ? 'mysql' : 'sqlite';
}
