/** What an operator does with a running cluster: look, stop, reload, restart, drain. All of it through the master's web port. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from './context';
import { showLogs } from './logs';
import { CommandFailed, Exit } from './masterclient';
import { operate } from './operation';
import { askStatus, statusLines } from './status';
import { stopAndWait } from './stop';
import { PLAIN } from './table';
import { reloadFailures } from './tables';
import { parseDuration } from './units';

const WATCH_S = 2;
const LINES = 100;

export function addNodeCommands(program: Command, context: Context): void {
  const { master } = context;
  addLooking(program, context);
  program
    .command('stop')
    .description('stop the cluster in order, and wait until it has stopped')
    .action(async () => stopAndWait(await master(), context));
  addReload(program, context);
  program
    .command('restart [node]')
    .description('restart a node while players play on; --all: every node, one after another')
    .option('--all', 'every node')
    .option('--rolling', 'one after another, which is how it is done anyway')
    .action(async (node: string | undefined, { all = false }: { all?: boolean }) => {
      if ((node === undefined) !== all) throw new CommandFailed('say which node, or --all', Exit.usage);
      await operate(await master(), '/restart', { node: node ?? 'all' }, context);
    });
  program
    .command('drain <node>')
    .description('let a node finish and leave: no new players, those it has are moved or end')
    .option('--deadline <time>', 'how long that may take, such as 90s or 10m', milliseconds)
    .action(async (node: string, { deadline }: { deadline?: number }) => {
      await operate(await master(), '/drain', { node, ...(deadline === undefined ? {} : { deadlineMs: String(deadline) }) }, context);
    });
  program
    .command('resume <node>')
    .description('start a node that was drained, was given up, or has ended')
    .action(async (node: string) => operate(await master(), '/start', { node }, context));
}

function addLooking(program: Command, { print, screen, master }: Context): void {
  program
    .command('status')
    .description('show the nodes')
    .option('--watch [seconds]', `again and again; every ${WATCH_S} s when left out`, seconds)
    .option('--json', 'as the master answers it, for programs')
    .action(async ({ watch, json = false }: { watch?: number | true; json?: boolean }) => {
      const client = await master();
      const lines = async () => {
        const answer = await askStatus(client);
        return json
          ? [JSON.stringify(answer, null, 2)]
          : statusLines(answer, screen ? { columns: screen.columns(), color: screen.color } : PLAIN);
      };
      if (watch === undefined) for (const line of await lines()) print(line);
      else for (;;) await showFor(watch === true ? WATCH_S : watch, await untilBack(lines));
    });
  const showFor = async (seconds: number, lines: readonly string[]) => {
    if (screen) screen.redraw([...lines, '', `every ${seconds} s; Ctrl-C ends this`]);
    else for (const line of [...lines, '']) print(line);
    await delay(seconds * 1_000);
  };
  program
    .command('logs [node]')
    .description('show the last log lines of a node, of "master", or of all')
    .option('-n, --lines <count>', 'how many', count, LINES)
    .option('-f, --follow', 'go on with what comes')
    .action(async (node: string | undefined, { lines, follow = false }: { lines: number; follow?: boolean }) =>
      showLogs(await master(), { node, lines, follow }, print),
    );
}

/** Who watches wants to see the cluster go and come back. */
async function untilBack(lines: () => Promise<string[]>): Promise<string[]> {
  try {
    return await lines();
  } catch (error) {
    if (error instanceof CommandFailed && error.exit === Exit.unreachable) return [error.message];
    throw error;
  }
}

function addReload(program: Command, { print, master }: Context): void {
  program
    .command('reload [node]')
    .description('let every node load its modules afresh, all or none; or one node alone')
    .action(async (node: string | undefined) => {
      try {
        const { message } = (await (await master()).ask('POST', '/reload', node === undefined ? {} : { node })) as { message: string };
        print(message);
      } catch (error) {
        if (error instanceof CommandFailed) for (const line of reloadFailures(error.answer)) print(line);
        throw error;
      }
    });
}

function milliseconds(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Say a time such as 90s, 10m or 1h.');
  return ms;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0.2 && value <= 3_600)) throw new InvalidArgumentError('Say seconds, from 0.2 to 3600.');
  return value;
}

function count(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > 1_000) throw new InvalidArgumentError('Say a number up to 1000: nodes keep no more.');
  return Number(text);
}
