/**
 * The commands of `firefly`, in Firefly's words where it had one.
 *
 * What concerns a running cluster goes through the master's web port; what concerns the journal reads its files, since dbfront may not be able to start.
 */
import { Command } from 'commander';
import { loadConfig } from '../config/load';
import { readDataFolder } from '../config/partly';
import { ConfigError, FireflyError } from '../errors';
import { addCheckCommand } from './check';
import type { Context } from './context';
import { addCreateProjectCommand } from './createproject';
import { addDevCommand } from './devcommand';
import { addJournalCommands } from './journal';
import { CommandFailed, Exit, findMaster, MasterClient } from './masterclient';
import { addNodeCommands } from './nodecommands';
import { addQuarantineCommands } from './quarantine';
import { addStartCommands } from './start';
import type { Terminal } from './terminal';

const VERSION = (require('../../package.json') as { version: string }).version;

/** @returns a program whose actions throw CommandFailed or ConfigError */
export function makeProgram(terminal: Terminal): Command {
  const program = new Command('firefly')
    .description('Makes, starts and looks after a firefly-ts cluster.')
    .version(VERSION)
    .option('--config <path>', 'the cluster config; FIREFLY_CONFIG is another way to say it', terminal.env.FIREFLY_CONFIG || 'config.json')
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.complain(text.trimEnd()) })
    .exitOverride();
  const configPath = () => program.opts<{ config: string }>().config;
  const config = async () => (await loadConfig(configPath(), terminal.env)).config;
  const dataDir = () => readDataFolder(configPath(), terminal.env);
  // One that the environment names need not be the one whose data folder that is.
  const master = async () =>
    new MasterClient(await findMaster(configPath(), terminal.env), terminal.env.FIREFLY_URL ? undefined : await dataDir());
  const context: Context = { ...terminal, configPath, config, dataDir, master };
  program.commandsGroup('Begin:');
  addCreateProjectCommand(program, context);
  addCheckCommand(program, context);
  addStartCommands(program, context);
  addDevCommand(program, context);
  program.commandsGroup('A cluster that runs:');
  addNodeCommands(program, context);
  program.commandsGroup('Its data:');
  addDataCommands(program, context);
  addJournalCommands(program, context);
  return program;
}

function addDataCommands(program: Command, context: Context): void {
  const { print, master } = context;
  program
    .command('evict <table> <pk>')
    .description('forget the copies of a row, so that a change made by hand in SQL is seen')
    .action(async (table: string, pk: string) => {
      await (await master()).ask('POST', '/evict', { table, pk });
      print(`${table} ${pk} is read from the database next time`);
    });
  addQuarantineCommands(program, context);
}

/** Runs one command line. @returns the exit code; never throws */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await makeProgram(terminal).parseAsync(args, { from: 'user' });
    return Exit.ok;
  } catch (error) {
    terminal.screen?.progress('');
    if (error instanceof CommandFailed) {
      terminal.complain(`firefly: ${error.message}`);
      return error.exit;
    }
    if (error instanceof FireflyError && !(error instanceof ConfigError)) {
      terminal.complain(`firefly: ${error.message}`);
      return Exit.refused;
    }
    const { code, exitCode, message } = error as Error & { code?: string; exitCode?: number };
    // commander has printed its own, help included.
    if (code?.startsWith('commander.')) return exitCode === 0 ? Exit.ok : Exit.usage;
    terminal.complain(message);
    return Exit.usage;
  }
}
