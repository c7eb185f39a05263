/** The master in Firefly's words. What it consists of is loaded when it starts: a node that imports `firefly-ts` has no use for it. */
import { resolve } from 'node:path';
import type { MasterOptions } from './master';

/** The whole cluster: `Master().config('config.json', 'appmain.js').start()`. */
export function Master(): { config(configPath: string, mainPath: string): { start(options?: MasterOptions): Promise<void> } } {
  const start = async (configPath: string, mainPath: string, options: MasterOptions) => {
    const { runMaster } = await import('./master.js');
    return runMaster(resolve(configPath), resolve(mainPath), options);
  };
  return { config: (configPath, mainPath) => ({ start: (options = {}) => start(configPath, mainPath, options) }) };
}
