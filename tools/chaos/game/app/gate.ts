/** Passes on to the other game nodes what one of them was told by the writer. */
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
import type { Moved } from './bank';

rootserviceHandle(function acknowledged(moved: Moved[], at: string) {
  // Whoever wrote it knows it already; to be told once more does no harm.
  const { root } = GlobalObject();
  for (const child of root?.childsmanager.names() ?? []) {
    try {
      root?.notifyChild(child, 'told', moved, at);
    } catch {
      // A frozen node whose queue is full, or one that just died.
    }
  }
});
