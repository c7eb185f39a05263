/** `firefly quarantine`: acknowledged rows that the database refuses. */
import type { Command } from 'commander';
import type { Context } from './context';
import { CommandFailed, Exit, type MasterClient } from './masterclient';
import { type QuarantinedRow, quarantineTable } from './tables';

type Print = Context['print'];

export function addQuarantineCommands(program: Command, { print, master }: Context): void {
  const quarantine = program.command('quarantine').description('rows that the database refuses');
  quarantine
    .command('list')
    .description('show them, each with its reason')
    .option('--json', 'as JSON, for programs')
    .action(async ({ json = false }: { json?: boolean }) => {
      const rows = await listed(await master());
      if (json) print(JSON.stringify(rows, null, 2));
      else for (const line of quarantineTable(rows)) print(line);
    });
  quarantine
    .command('release [table] [pk]')
    .description('write a row and its group again, after the reason was mended')
    .option('--all', 'every row that is there')
    .action(async (table: string | undefined, pk: string | undefined, { all = false }: { all?: boolean }) => {
      if (all && table === undefined) return releaseAll(await master(), print);
      if (all || table === undefined || pk === undefined) throw new CommandFailed('say TABLE and PK, or --all alone', Exit.usage);
      const refused = await release(await master(), table, pk);
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

async function listed(master: MasterClient): Promise<QuarantinedRow[]> {
  return (await master.ask('GET', '/quarantine')) as QuarantinedRow[];
}

async function release(master: MasterClient, table: string, pk: string): Promise<QuarantinedRow[]> {
  return ((await master.ask('POST', '/quarantine/release', { table, pk })) as { refused: QuarantinedRow[] }).refused;
}

/** Each group as a whole: what is refused still stays as it was. */
async function releaseAll(master: MasterClient, print: Print): Promise<void> {
  const before = await listed(master);
  if (before.length === 0) return print('no row is in quarantine');
  const { refused } = (await master.ask('POST', '/quarantine/release', { all: '1' })) as { refused: QuarantinedRow[] };
  print(`${Math.max(0, before.length - refused.length)} of ${before.length} rows are in the database`);
  if (refused.length === 0) return;
  for (const line of quarantineTable(refused)) print(line);
  throw new CommandFailed(`the database refuses ${refused.length} of them still; they are as they were`, Exit.refused);
}
