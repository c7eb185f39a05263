import type { ClusterConfig } from '../config/config';
import type { MasterClient } from './masterclient';
import type { Terminal } from './terminal';

/** What a command works with. The config is read when it is asked for, so that a mistake in it is said by the command that needs it. */
export interface Context extends Terminal {
  configPath(): string;
  config(): Promise<ClusterConfig>;
  /** Where the cluster keeps its files on this machine. */
  dataDir(): Promise<string>;
  master(): Promise<MasterClient>;
}
