/** The ledger against what players own. Pure. */
import { START_COINS, START_GOLD } from '../../app/game/character/coins';
import type { Character, LedgerLine } from '../../app/share/tables';
import type { Check } from './check';
import type { Estate } from './estate';
import { groupBy } from './group';

/** A character with its lines, in the order in which they were made. */
interface Ledger {
  readonly character: Character;
  readonly lines: readonly LedgerLine[];
  /** It is here from its first entry on; older entries may have been deleted. */
  readonly isWhole: boolean;
}

/** @param mustBeWhole whether no entry may have been deleted */
export function checkLedgers(estate: Estate, mustBeWhole: boolean): Check[] {
  const ledgers = ledgersOf(estate);
  const [items, pets] = [holdings(estate.items, itemOf), holdings(estate.pets, petOf)];
  return [
    { name: 'ledgers have no holes', seen: `${estate.ledger.length} lines`, wrong: [...strangers(estate), ...ledgers.flatMap(holesIn)] },
    {
      name: 'ledgers begin with the first entry',
      seen: `${ledgers.filter(({ isWhole }) => isWhole).length} of ${ledgers.length}`,
      wrong: mustBeWhole
        ? ledgers.filter(({ isWhole }) => !isWhole).map(({ character }) => `${who(character)}: its first entries are gone`)
        : [],
    },
    balances('coins are what the ledger says', ledgers, 'coin', ({ coin }) => new Map([[0, coin]]), START_COINS),
    balances('gold is what the ledger says', ledgers, 'gold', ({ gold }) => new Map([[0, gold]]), START_GOLD),
    balances('items are what the ledger says', ledgers, 'item', ({ id }) => items.get(id) ?? new Map(), 0),
    balances('pets are what the ledger says', ledgers, 'pet', ({ id }) => pets.get(id) ?? new Map(), 0),
  ];
}

/** Entries of a ledger with a reason, by character. One entry is one transaction, however many lines it has. */
export function entriesFor(ledger: readonly LedgerLine[], reason: string): Map<number, number> {
  const counts = new Map<number, number>();
  const seen = new Set<string>();
  for (const { characterId, entry, reason: own } of ledger) {
    const name = `${characterId} ${entry}`;
    if (own !== reason || seen.has(name)) continue;
    seen.add(name);
    counts.set(characterId, (counts.get(characterId) ?? 0) + 1);
  }
  return counts;
}

function ledgersOf({ characters, ledger }: Estate): Ledger[] {
  const byCharacter = groupBy(ledger, ({ characterId }) => characterId);
  return characters.map((character) => {
    const lines = (byCharacter.get(character.id) ?? []).toSorted((a, b) => a.entry - b.entry || a.line - b.line);
    return { character, lines, isWhole: beginsWithFirst(character, lines[0]) };
  });
}

function beginsWithFirst({ entries }: Character, first: LedgerLine | undefined): boolean {
  return first ? first.entry === 1 && first.line === 1 : entries === 0;
}

function strangers({ characters, ledger }: Estate): string[] {
  const ids = new Set(characters.map(({ id }) => id));
  return ledger
    .filter(({ characterId }) => !ids.has(characterId))
    .map((line) => `${lineName(line)}: there is no character ${line.characterId}`);
}

function holesIn({ character, lines }: Ledger): string[] {
  const wrong: string[] = [];
  let last: Pick<LedgerLine, 'entry' | 'line'> | undefined;
  for (const line of lines) {
    const isNext = !last || (line.entry === last.entry ? line.line === last.line + 1 : line.entry === last.entry + 1 && line.line === 1);
    if (!isNext || line.line < 1 || line.entry < 1)
      wrong.push(`${lineName(line)} does not follow ${last ? `${last.entry}.${last.line}` : 'the beginning'}`);
    last = line;
  }
  if (last && last.entry !== character.entries)
    wrong.push(`${who(character)}: ${character.entries} entries, the last that is there is ${last.entry}`);
  return wrong;
}

/** Each line follows from the one before it, the first from the start, and the last is what is there. @param owned how many of each template, 0 for what has none */
function balances(
  name: string,
  ledgers: readonly Ledger[],
  what: LedgerLine['what'],
  owned: (of: Character) => ReadonlyMap<number, number>,
  start: number,
): Check {
  const wrong: string[] = [];
  let compared = 0;
  for (const { character, lines, isWhole } of ledgers) {
    const there = owned(character);
    const chains = groupBy(
      lines.filter((line) => line.what === what),
      ({ template }) => template,
    );
    for (const template of new Set([...there.keys(), ...chains.keys()])) {
      compared += 1;
      const named = NAMES[what](template);
      // Nothing is known of what came before the first line that is left.
      let balance = isWhole ? start : undefined;
      for (const line of chains.get(template) ?? []) {
        const before = line.after - line.amount;
        if (balance !== undefined && before !== balance)
          wrong.push(`${lineName(line)} begins with ${before} ${named}, and there were ${balance}`);
        balance = line.after;
      }
      const has = there.get(template) ?? 0;
      if (balance !== undefined && balance !== has) wrong.push(`${who(character)} has ${has} ${named}, and its ledger says ${balance}`);
    }
  }
  return { name, seen: `${compared} balances`, wrong };
}

const NAMES: Readonly<Record<LedgerLine['what'], (template: number) => string>> = {
  coin: () => 'coins',
  gold: () => 'gold',
  item: (template) => `items of template ${template}`,
  pet: (template) => `pets of template ${template}`,
};

/** How many of each template somebody has, by owner. */
function holdings<R>(
  rows: readonly R[],
  read: (row: R) => readonly [owner: number, template: number, count: number],
): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const all = new Map<number, Map<number, number>>();
  for (const row of rows) {
    const [owner, template, count] = read(row);
    const own = all.get(owner) ?? new Map<number, number>();
    all.set(owner, own);
    own.set(template, (own.get(template) ?? 0) + count);
  }
  return all;
}

function itemOf({ characterId, itemTemplateId, stack }: Estate['items'][number]) {
  return [characterId, itemTemplateId, stack] as const;
}

function petOf({ ownerID, templateID }: Estate['pets'][number]) {
  return [ownerID, templateID, 1] as const;
}

function who({ id }: Character): string {
  return `character ${id}`;
}

function lineName({ characterId, entry, line, reason }: LedgerLine): string {
  return `character ${characterId}, line ${entry}.${line} (${reason})`;
}
