#!/usr/bin/env node
/** The `firefly` command. */
import { run } from './program';
import { ownTerminal } from './terminal';

void run(process.argv.slice(2), ownTerminal(process.env, process.stdout, process.stderr)).then((exit) => {
  process.exitCode = exit;
});
