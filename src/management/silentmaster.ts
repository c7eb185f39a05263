/** What a person is told of a master that keeps its port open and says nothing: which process it is, how it stands, and what to do. */
import { readFileSync } from 'node:fs';
import { claimFile, isThere, readClaim } from '../config/claim';

/** @param dataDir of its cluster on this machine; undefined where that is not known */
export function silentMaster(dataDir: string | undefined): string {
  const claim = dataDir === undefined ? undefined : readClaim(dataDir);
  if (dataDir === undefined || claim === undefined || !isThere(claim))
    return 'it runs, and stands still or has too much to do; on its machine, the file "master" in its data folder names the process';
  const state = stateOf(claim.pid);
  const which = `it is process ${claim.pid} (${claimFile(dataDir)}), which`;
  if (state === 'T' || state === 't')
    return `${which} was stopped by a signal or is held by a debugger: kill -CONT ${claim.pid} lets it go on. The nodes go on without it`;
  return `${which} stands still or has too much to do: top -p ${claim.pid} shows which. The nodes go on without it; kill -9 ${claim.pid} ends it, and then they stop in order by themselves, or serve on where supervise.withoutMaster is "serve", until it is started again`;
}

/** The state of a process as Linux writes it, `T` for one that was stopped; undefined where nothing tells. */
function stateOf(pid: number): string | undefined {
  try {
    return /^State:\s*(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
