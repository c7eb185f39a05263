/** Row replay: how long a dbfront takes to start that finds a million changes in its journal; beside reading and decoding that journal. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseService, startMariaDb } from '../../services';
import { Peer } from '../peer';
import type { ReplayResult, ReplayTask } from '../replayer';
import type { Row } from '../row';

const CHANGES = 1_000_000;
const ROWS = 100_000;
const GOAL_S = 20;
const DEADLINE_MS = 300_000;

/** A database and a journal that it has not followed. */
class Left implements AsyncDisposable {
  private constructor(
    readonly database: DatabaseService,
    readonly folder: string,
  ) {}

  static async behind(): Promise<Left> {
    const left = new Left(await startMariaDb({ memory: 'usual' }), await mkdtemp(join(tmpdir(), 'firefly-bench-')));
    try {
      await left.run('write');
      return left;
    } catch (error) {
      await left[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** In a process of its own. */
  async run(what: ReplayTask['what']): Promise<ReplayResult> {
    const { host, port, user, password } = this.database;
    await using peer = await Peer.start('replayer.js', JSON.stringify({ host, port, user, password }), this.folder);
    const task: ReplayTask = { what, rows: ROWS, changes: CHANGES };
    return await peer.ask<ReplayResult>(task, DEADLINE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const replayRow: Row = {
  key: 'replay',
  title: `start with a journal of ${CHANGES.toLocaleString('en')} changes`,
  beside: 'reading it',
  figures: [{ name: 'until ready', unit: 's', better: 'less', goal: { value: GOAL_S } }],
  isFresh: true,
  async open(workshop) {
    const left = await workshop.hold('firefly', 'replay', () => Left.behind());
    const reading = async (what: 'read' | 'replay') => {
      const detail = await left.run(what);
      return { values: [detail.seconds], detail };
    };
    return { yardstick: () => reading('read'), firefly: () => reading('replay') };
  },
};
