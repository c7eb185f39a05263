/** What the harness tells the nodes: the config's `game` section. */
import { GlobalObject } from 'firefly-ts';

export interface Settings {
  /** Where nodes write their ledgers and gauges. No transfer begins while a file `stop` lies there. */
  readonly folder: string;
  readonly accounts: number;
  /** What each account begins with. */
  readonly balance: number;
  /** Transfers that a node has under way. */
  readonly movers: number;
  /** Longest pause of a mover between two transfers. */
  readonly pauseMs: number;
  readonly readers: number;
  /** The cache lease of the config. */
  readonly leaseMs: number;
}

export function settings(): Settings {
  return GlobalObject().config.game as Settings;
}
