/** `firefly start` and `firefly single`: startmaster of the firefly-ts that the project has, in this process or in one of its own. */
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from './context';
import { startDetached } from './detach';
import { frameworkOf } from './dev/framework';

export function addStartCommands(program: Command, context: Context): void {
  program
    .command('start')
    .description('start the master and every node of the config; Ctrl-C stops them in order')
    .option('-d, --detach', 'leave them running, and come back when they are ready')
    .action(async ({ detach = false }: { detach?: boolean }) => {
      const script = startScript(context.configPath());
      if (detach) return startDetached(script, context);
      become(script, ['--config', context.configPath()]);
    });
  program
    .command('single <node>')
    .description('run one node alone, in this process')
    .action((node: string) => become(startScript(context.configPath()), ['--config', context.configPath(), 'single', node]));
}

/**
 * The script that boots a cluster.
 *
 * Of the package that the game's modules find, which is another than the command's own when the command is installed for the whole machine:
 * handlers that register with a second copy of the framework would never be called.
 */
function startScript(configPath: string): string {
  return join(frameworkOf(dirname(resolve(configPath))), 'startmaster.js');
}

/** Goes on as that script, as if it had been started itself: its signals, its exit code. */
function become(script: string, args: readonly string[]): void {
  process.argv = [process.execPath, script, ...args];
  require(script);
}
