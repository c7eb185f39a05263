/** `firefly dev`. What it does is loaded when it is asked for. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from './context';
import { CommandFailed } from './masterclient';

export function addDevCommand(program: Command, { configPath, env, print }: Context): void {
  program
    .command('dev')
    .description('start the cluster, and build and reload it whenever a file is saved; Ctrl-C ends all of it')
    .action(async () => {
      const { runDev } = await import('./dev/dev.js');
      // Beside what the cluster prints.
      const exit = await runDev({ configPath: resolve(configPath()), env, print: (text) => print(text.replace(/^/gm, 'dev: ')) });
      if (exit !== 0) throw new CommandFailed(`the cluster ended with exit code ${exit}`, exit);
    });
}
