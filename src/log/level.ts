/** Whether a log takes lines that are there for debugging. Asked for each message, and cheaper than pino's `isLevelEnabled`. */
import type { Logger } from './log';

/** Pino's number. */
const DEBUG = 20;

export function isDebug(log: Logger): boolean {
  return log.levelVal <= DEBUG;
}
