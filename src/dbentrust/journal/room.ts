/**
 * Room on a full disk while a journal is opened: segments that are kept only for databases that are restored go, the oldest first.
 *
 * Only those of the journal that the database follows, and of them only what it has or what a newer segment stands in for: nobody needs them to go on, whoever has the journal open.
 */
import { join } from 'node:path';
import type { Logger } from '../../log/log';
import { readChain } from './chain';
import type { Applied } from './contract';
import { type Files, isDiskFull } from './files';
import type { SegmentName } from './header';
import { uuidOf } from './inspect';

/** Runs `work` again while the disk is full and room can be made. @throws what it threw last */
export async function withRoom<T>(work: () => Promise<T>, makeRoom: () => Promise<boolean>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDiskFull(error) || !(await makeRoom())) throw error;
    }
  }
}

/** Removes one segment. @returns it, undefined when none may go */
export async function removeOldest(
  files: Files,
  folder: string,
  applied: Applied | undefined,
  log: Logger,
): Promise<SegmentName | undefined> {
  if (!applied) return undefined;
  const { links, superseded } = await readChain(files, folder);
  const [oldest] = links;
  const isApplied = oldest?.limit !== undefined && oldest.limit <= applied.position;
  for (const segment of isApplied ? [...superseded, oldest] : superseded) {
    if ((await uuidOf(files, folder, segment)) !== applied.uuid) continue;
    await files.remove(join(folder, segment.name));
    log.warn(
      { event: 'journal shortened', segment: segment.name },
      `journal: the disk is full; ${segment.name}, which the database has, is removed to make room. A backup of the database from before it is brought up to date no more`,
    );
    return segment;
  }
  return undefined;
}
