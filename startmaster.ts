/**
 * Boots the cluster.
 *
 * ```
 * node startmaster.js [--config PATH]                all of it: the master and every node of the config
 * node startmaster.js [--config PATH] single NODE    one node alone, in this process
 * node startmaster.js [--config PATH] master         the master alone; nodes started by hand find it
 * ```
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { FFServer, Master } from 'firefly-ts';

const MAIN = join(__dirname, 'appmain.js');

const program = new Command('startmaster')
  .description('Boots a firefly-ts cluster.')
  .option('--config <path>', 'the cluster config', 'config.json');
const path = () => program.opts<{ config: string }>().config;

program.command('all', { isDefault: true, hidden: true }).action(() => Master().config(path(), MAIN).start());
program
  .command('single <node>')
  .description('run one node alone, in this process')
  .action((node: string) => FFServer().config(node, path()).start());
program
  .command('master')
  .description('run the master alone; nodes started by hand find it')
  .action(() => Master().config(path(), MAIN).start({ spawn: false }));

void program.parseAsync();
