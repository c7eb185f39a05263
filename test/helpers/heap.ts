/** The heap after a full collection, for tests that look for leaks. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of heap in use when everything unreachable is gone. */
export function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** The same with what buffers take outside of the heap. */
export function memoryUsed(): number {
  collect();
  // What the first run finalises only the second frees.
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
