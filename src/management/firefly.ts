#!/usr/bin/env node
/** The `firefly` command. */
import { run } from './program';

void run(process.argv.slice(2), { env: process.env, print: (line) => console.log(line), complain: (line) => console.error(line) }).then(
  (exit) => {
    process.exitCode = exit;
  },
);
