/** The level of a log: asked for each message, and changed while the process runs. */
import type { Logger } from './log';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

/** Pino's number. */
const DEBUG = 20;

/** Whether it takes lines that are there for debugging. Cheaper than pino's `isLevelEnabled`. */
export function isDebug(log: Logger): boolean {
  return log.levelVal <= DEBUG;
}

export function isLevel(text: unknown): text is Level {
  return LEVELS.includes(text as Level);
}
