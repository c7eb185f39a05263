/** The `onLoad` hooks of a load: one after the other, all within one deadline. */

import type { LoadFailure } from '../nodewire';
import { describeFailure } from './loadfailure';

/** @param entry named when a failure does not say where it came from @returns what went wrong, if anything did. Never rejects */
export async function runLoadHooks(hooks: readonly (() => unknown)[], deadlineMs: number, entry: string): Promise<LoadFailure | undefined> {
  if (hooks.length === 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<LoadFailure>((resolve) => {
    const message = `an onLoad hook has not ended within ${deadlineMs} ms`;
    timer = setTimeout(resolve, deadlineMs, { file: entry, line: 0, message });
  });
  const work = (async () => {
    for (const hook of hooks) await hook();
    return undefined;
  })();
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    return describeFailure(error, entry);
  } finally {
    clearTimeout(timer);
  }
}
