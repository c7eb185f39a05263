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
    balances('coins', ledgers, 'coin', ({ id, coin }) => new Map([[key(id, 0), coin]]), START_COINS),
    balances('gold', ledgers, 'gold', ({ id, gold }) => new Map([[key(id, 0), gold]]), START_GOLD),
    balances('items', ledgers, 'item', ({ id }) => items.get(id) ?? new Map(), 0),
    balances('pets', ledgers, 'pet', ({ id }) => pets.get(id) ?? new Map(), 0),
  ];
}

/** Entries of a ledger with a reason, by character. One entry is one transaction, however many lines it has. */
export function entriesFor(ledger: readonly LedgerLine[], reason: string): Map<number, number> {
  const counts = new Map<number, number>();
  const seen = new Set<string>();
  for (const { characterId, entry, reason: own } of ledger) {
    if (own !== reason || seen.has(key(characterId, entry))) continue;
    seen.add(key(characterId, entry));
    counts.set(characterId, (counts.get(characterId) ?? 0) + 1);
  }
  return counts;
}

function ledgersOf({ characters, ledger }: Estate): Ledger[] {
  const byCharacter = groupBy(ledger, ({ characterId }) => characterId);
  return characters.map((character) => {
    const lines = (byCharacter.get(character.id) ?? []).toSorted((a, b) => a.entry - b.entry || a.line - b.line);
    return { character, lines, isWhole: (lines[0]?.entry ?? character.entries + 1) === 1 };
  });
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

/** Each line follows from the one before it, the first from the start, and the last is what is there. */
function balances(
  name: string,
  ledgers: readonly Ledger[],
  what: LedgerLine['what'],
  owned: (of: Character) => ReadonlyMap<string, number>,
  start: number,
): Check {
  const wrong: string[] = [];
  let compared = 0;
  for (const { character, lines, isWhole } of ledgers) {
    const there = owned(character);
    const own = groupBy(
      lines.filter((line) => line.what === what),
      ({ template }) => key(character.id, template),
    );
    for (const name of new Set([...there.keys(), ...own.keys()])) {
      const chain = own.get(name) ?? [];
      compared += 1;
      let balance = isWhole ? start : undefined;
      for (const line of chain) {
        const before = line.after - line.amount;
        if (balance !== undefined && before !== balance)
          wrong.push(`${lineName(line)} begins with ${before} ${what} ${line.template || ''}, and there were ${balance}`);
        balance = line.after;
      }
      const has = there.get(name) ?? 0;
      // Nothing is known of what came before the first line that is left.
      if (balance !== undefined && balance !== has)
        wrong.push(`${who(character)} has ${has} ${what} ${name.split(' ')[1]}, and its ledger says ${balance}`);
    }
  }
  return { name: `${name} are what the ledger says`, seen: `${compared} balances`, wrong };
}

type Holdings = ReadonlyMap<number, ReadonlyMap<string, number>>;

/** How many of each template somebody has, by owner. */
function holdings<R>(rows: readonly R[], read: (row: R) => readonly [owner: number, template: number, count: number]): Holdings {
  const all = new Map<number, Map<string, number>>();
  for (const row of rows) {
    const [owner, template, count] = read(row);
    const own = all.get(owner) ?? new Map<string, number>();
    all.set(owner, own);
    own.set(key(owner, template), (own.get(key(owner, template)) ?? 0) + count);
  }
  return all;
}

function itemOf({ characterId, itemTemplateId, stack }: Estate['items'][number]) {
  return [characterId, itemTemplateId, stack] as const;
}

function petOf({ ownerID, templateID }: Estate['pets'][number]) {
  return [ownerID, templateID, 1] as const;
}

function key(owner: number, of: number): string {
  return `${owner} ${of}`;
}

function who({ id }: Character): string {
  return `character ${id}`;
}

function lineName({ characterId, entry, line, reason }: LedgerLine): string {
  return `character ${characterId}, line ${entry}.${line} (${reason})`;
}
