/**
 * `firefly journal`: looks at the journal's files, and lets a dbfront that refuses to start go on, knowingly.
 *
 * Works on the folder itself and asks no master, since the cluster may be down.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parsePosition } from '../dbentrust/journal/gap';
import { holderOf } from '../dbentrust/journal/holder';
import { inspectionText, inspectJournal } from '../dbentrust/journal/inspect';
import { acceptGap, cutJournal, damageAt } from '../dbentrust/journal/repair';
import type { Context } from './context';
import { CommandFailed, Exit } from './masterclient';

interface RepairOptions {
  readonly cut?: string;
  readonly acceptGap?: string;
  readonly yes?: true;
}

export function addJournalCommands(program: Command, { dataDir, print }: Context): void {
  const folder = async () => join(await dataDir(), 'journal');
  const journal = program.command('journal').description("dbfront's journal, in the data folder of this machine");
  journal
    .command('inspect')
    .description('show what is in it, and what is wrong with it; changes nothing')
    .action(async () => {
      const report = await inspectJournal(await folder());
      print(inspectionText(report));
      if (report.segments.length === 0)
        throw new CommandFailed('nothing to look at; is this the machine of dbfront, and FIREFLY_DATA_DIR its own?', Exit.refused);
      if (report.problems.length > 0) throw new CommandFailed('dbfront will not open this journal', Exit.refused);
    });
  journal
    .command('repair')
    .description('let dbfront start although something is lost; its error has the words')
    .option('--cut <segment:byte>', 'end the journal at a damage; what lies behind is set aside')
    .option('--accept-gap <uuid:position>', 'go on although journal and database do not fit; "none" for a database that has never seen one')
    .option('--yes', 'do it; without this it is only said')
    .action(async (options: RepairOptions) => {
      const { cut, acceptGap: gap, yes = false } = options;
      if ((cut === undefined) === (gap === undefined)) throw new CommandFailed('say --cut or --accept-gap', Exit.usage);
      const path = await folder();
      checkHolder(path, print);
      if (cut !== undefined) await repairCut(path, cut, yes, print);
      else await repairGap(path, gap ?? '', yes, print);
    });
}

function journalIn(folder: string): string {
  if (existsSync(folder)) return folder;
  throw new CommandFailed(`there is no journal in ${folder}; is this the machine of dbfront, and FIREFLY_DATA_DIR its own?`, Exit.refused);
}

function checkHolder(folder: string, print: Context['print']): void {
  const holder = holderOf(folder);
  if (holder?.runs) throw new CommandFailed(`dbfront, process ${holder.pid}, has this journal open; stop the cluster first`, Exit.refused);
  if (holder && holder.runs === undefined)
    print(`the last to write here was process ${holder.pid} on ${holder.host}: be sure that it has ended`);
}

async function repairCut(folder: string, place: string, yes: boolean, print: Context['print']): Promise<void> {
  const [, segment, byte] = /^(.+):(\d+)$/.exec(place) ?? [];
  if (segment === undefined) throw new CommandFailed(`${place} is no place in a journal; the error names it: SEGMENT:BYTE`, Exit.usage);
  const { broken, behind } = damageAt(await inspectJournal(journalIn(folder)), segment, Number(byte));
  print(`the journal ends after change ${broken.last}. Given up, and set aside in files that end in .aside:`);
  print(`  ${segment}, ${broken.end.rest} bytes from byte ${byte} on`);
  for (const { name, records, bytes } of behind) print(`  ${name}, ${records} changes, ${bytes} bytes`);
  needYes(yes);
  const { aside } = await cutJournal(folder, segment, Number(byte));
  print(`done; kept: ${aside.join(', ')}`);
}

async function repairGap(folder: string, word: string, yes: boolean, print: Context['print']): Promise<void> {
  let position: ReturnType<typeof parsePosition>;
  try {
    position = parsePosition(word);
  } catch (error) {
    throw new CommandFailed((error as Error).message, Exit.usage, { cause: error });
  }
  print(
    `dbfront will go on from what the database has (${word}). Changes that only the lost journal or the lost database had are given up`,
  );
  needYes(yes);
  await acceptGap(folder, position);
  print('done; start dbfront');
}

function needYes(yes: boolean): void {
  if (!yes) throw new CommandFailed('nothing was changed; say --yes to do it', Exit.refused);
}
