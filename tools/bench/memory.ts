/** What a process needs of memory once its garbage is gone: asked of the measured processes, in themselves. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** In bytes. */
export interface Memory {
  readonly heap: number;
  /** Buffers and the like, outside of the heap. */
  readonly external: number;
  readonly rss: number;
}

/** Collects all garbage first. */
export function settledMemory(): Memory {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // What the first run finalises only the second frees.
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss };
}
