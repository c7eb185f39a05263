/** How a process ends that could not begin: one line a mistake on standard error, and an exit code that scripts can tell apart. */
import { ConfigError, StartFailed } from '../../errors';

/** The config cannot be used. */
const EXIT_CONFIG = 2;
const EXIT_FAILED = 1;

/** Somebody pressed Ctrl-C twice: the shell's number for it. */
export const KILLED_BY_CTRL_C = 130;

/** Ends the process. */
export function refuseStart(error: unknown): never {
  console.error(error instanceof ConfigError || error instanceof StartFailed ? error.message : error);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED);
}
