/** How the siege went, beside what the audit finds. Pure. */
import type { Check } from '../audit/check';
import type { Books } from '../bots/books';
import type { Options } from './options';

export interface Siege {
  /** Of the master. */
  readonly code: number | NodeJS.Signals;
  readonly books: Books;
  /** How many bots were banned, each for a moment: its connection ends, and nobody hears what it has just asked for. */
  readonly bans: number;
}

export function ownChecks({ code, books, bans }: Siege, { bots, patience }: Pick<Options, 'bots' | 'patience'>): Check[] {
  const { longestWaitMs, characters } = books;
  const played = Object.keys(characters).length;
  const waited = `${(longestWaitMs / 1_000).toFixed(1)} s`;
  const unanswered = lostBy(books);
  const count = unanswered.reduce((sum, { lost }) => sum + lost, 0);
  return [
    { name: 'the cluster stopped in order', seen: `exit code ${code}`, wrong: code === 0 ? [] : [`exit code ${code}`] },
    { name: 'every bot has played', seen: `${played} characters`, wrong: played === bots ? [] : [`${played} of ${bots} bots have traded`] },
    {
      name: 'every bot has gone on after each kill',
      seen: `${waited} the longest without a success`,
      wrong: longestWaitMs <= patience * 1_000 ? [] : [`a bot had no success for ${waited}`],
    },
    {
      name: 'every request of a bot that was not banned just then was answered',
      seen: `${count} were not, and ${bans} bots were banned`,
      wrong: count <= bans ? [] : unanswered.map(({ command, lost }) => `${lost} of command ${command}`),
    },
  ];
}

/** Commands of bots, which are numbers, with requests that had no answer. */
function lostBy({ commands }: Books): { readonly command: string; readonly lost: number }[] {
  return Object.entries(commands).flatMap(([command, { lost }]) => (/^\d+$/.test(command) && lost > 0 ? [{ command, lost }] : []));
}
