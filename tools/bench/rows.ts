/** All rows, in the order of the table. */
import { WrongUsage } from '../lib/commandline';
import type { Row } from './row';
import { battleRow } from './rows/battle';
import { campaignRow } from './rows/campaign';
import { chainRows, latencyRow } from './rows/chain';
import { cleanRow } from './rows/clean';
import { flushRow } from './rows/flush';
import { gameRow } from './rows/game';
import { idleRows } from './rows/idle';
import { pushRow } from './rows/push';
import { reloadRow } from './rows/reload';
import { replayRow } from './rows/replay';
import { rowReadRows } from './rows/rowread';
import { rpcRows } from './rows/rpc';
import { updateRows } from './rows/update';
import { websocketRows } from './rows/websocket';

export const ROWS: readonly Row[] = [
  ...chainRows,
  latencyRow,
  ...websocketRows,
  gameRow,
  battleRow,
  campaignRow,
  ...rpcRows,
  ...rowReadRows,
  ...updateRows,
  flushRow,
  replayRow,
  cleanRow,
  pushRow,
  reloadRow,
  ...idleRows,
];

/** The rows that are named, by key or by group. @throws WrongUsage that lists what there is, when a name is none of it */
export function chooseRows(names: readonly string[]): readonly Row[] {
  const isNamed = (row: Row, name: string) => row.key === name || row.key.replace(/\d+$/, '') === name;
  const unknown = names.find((name) => !ROWS.some((row) => isNamed(row, name)));
  if (unknown !== undefined) throw new WrongUsage(`${unknown} is no row; there are ${ROWS.map(({ key }) => key).join(', ')}`);
  return names.length === 0 ? ROWS : ROWS.filter((row) => names.some((name) => isNamed(row, name)));
}
