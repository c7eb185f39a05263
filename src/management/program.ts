/**
 * The commands of `firefly`, in Firefly's words where it had one.
 *
 * What concerns a running cluster goes through the master's web port; what concerns the journal reads its files, since dbfront may not be able to start.
 */
import { Command } from 'commander';
import type { ClusterConfig } from '../config/config';
import { loadConfig } from '../config/load';
import { ConfigError, FireflyError } from '../errors';
import { addDevCommand } from './devcommand';
import { addJournalCommands } from './journal';
import { CommandFailed, Exit, MasterClient, masterOf } from './masterclient';
import { stopAndWait } from './stop';
import { type QuarantinedRow, quarantineTable, reloadFailures, statusTable, troubles } from './tables';

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
  /** Takes what went wrong. */
  readonly complain: (line: string) => void;
}

/** What a command works with. The config is read when it is asked for, so that a mistake in it is said by the command that needs it. */
export interface Context extends Terminal {
  config(): Promise<ClusterConfig>;
  master(): Promise<MasterClient>;
}

/** @returns a program whose actions throw CommandFailed or ConfigError */
export function makeProgram(terminal: Terminal): Command {
  const program = new Command('firefly')
    .description('Looks after a firefly-ts cluster.')
    .option('--config <path>', 'the cluster config', terminal.env.FIREFLY_CONFIG ?? 'config.json')
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.complain(text.trimEnd()) })
    .exitOverride();
  const config = async () => (await loadConfig(program.opts<{ config: string }>().config, terminal.env)).config;
  const context: Context = { ...terminal, config, master: async () => new MasterClient(masterOf(await config(), terminal.env)) };
  addClusterCommands(program, context);
  addDataCommands(program, context);
  addJournalCommands(program, context);
  addDevCommand(program, context);
  return program;
}

function addClusterCommands(program: Command, { print, master }: Context): void {
  program
    .command('status')
    .description('show the nodes')
    .action(async () => {
      const status = await (await master()).ask('GET', '/status');
      for (const line of [...statusTable(status), ...troubles(status)]) print(line);
    });
  program
    .command('stop')
    .description('stop the cluster in order, and wait until it has stopped')
    .action(async () => stopAndWait(await master(), print));
  program
    .command('reload')
    .description('let every node load its modules afresh; all or none')
    .action(async () => {
      try {
        const { message } = (await (await master()).ask('POST', '/reload')) as { message: string };
        print(message);
      } catch (error) {
        if (error instanceof CommandFailed) for (const line of reloadFailures(error.answer)) print(line);
        throw error;
      }
    });
}

function addDataCommands(program: Command, { print, master }: Context): void {
  program
    .command('evict <table> <pk>')
    .description('forget the copies of a row, so that a change made by hand in SQL is seen')
    .action(async (table: string, pk: string) => {
      await (await master()).ask('POST', '/evict', { table, pk });
      print(`${table} ${pk} is read from the database next time`);
    });
  const quarantine = program.command('quarantine').description('rows that the database refuses');
  quarantine
    .command('list')
    .description('show them, each with its reason')
    .action(async () => {
      for (const line of quarantineTable(await (await master()).ask('GET', '/quarantine'))) print(line);
    });
  quarantine
    .command('release <table> <pk>')
    .description('write a row and its group again, after the reason was mended')
    .action(async (table: string, pk: string) => {
      const { refused } = (await (await master()).ask('POST', '/quarantine/release', { table, pk })) as { refused: QuarantinedRow[] };
      if (refused.length === 0) return print(`${table} ${pk} and what it is bound to are in the database`);
      for (const line of quarantineTable(refused)) print(line);
      throw new CommandFailed('the database refuses it still; nothing was changed', Exit.refused);
    });
  quarantine
    .command('drop <table> <pk>')
    .description('give the change of a row and its group up: the row is what the database says')
    .action(async (table: string, pk: string) => {
      await (await master()).ask('POST', '/quarantine/drop', { table, pk });
      print(`the change of ${table} ${pk} is dropped`);
    });
}

/** Runs one command line. @returns the exit code; never throws */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await makeProgram(terminal).parseAsync(args, { from: 'user' });
    return Exit.ok;
  } catch (error) {
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
