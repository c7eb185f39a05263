/** Whether the load programs can be built here. A machine without a compiler fails the tests, but not their embedded part, which needs nothing installed. */
import { spawnSync } from 'node:child_process';

export const mayCompile = !process.env.FIREFLY_TEST_EMBEDDED || spawnSync('cc', ['--version']).status === 0;
