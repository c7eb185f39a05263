/** The books of players, who noted how each of their trades ended, against the ledger. Pure. */
import type { Books } from '../bots/books';
import type { Check } from './check';
import type { Estate } from './estate';
import { entriesFor } from './ledgers';

/** The books must be those of everybody who has played. */
export function checkBooks({ ledger, characters }: Pick<Estate, 'ledger' | 'characters'>, { reasons, characters: books }: Books): Check[] {
  const [missing, surplus]: [string[], string[]] = [[], []];
  let [acknowledged, unknown, there] = [0, 0, 0];
  const ids = new Set([...characters.map(({ id }) => id), ...Object.keys(books).map(Number)]);
  for (const reason of reasons) {
    const entries = entriesFor(ledger, reason);
    for (const id of ids) {
      const said = books[id]?.[reason] ?? { acknowledged: 0, unknown: 0 };
      const made = entries.get(id) ?? 0;
      acknowledged += said.acknowledged;
      unknown += said.unknown;
      there += made;
      const text = `character ${id}, ${reason}: ${said.acknowledged} acknowledged, ${said.unknown} unknown, ${made} in the ledger`;
      if (made < said.acknowledged) missing.push(text);
      if (made > said.acknowledged + said.unknown) surplus.push(text);
    }
  }
  return [
    { name: 'every acknowledged trade is in the ledger', seen: `${acknowledged} acknowledged, ${there} in the ledger`, wrong: missing },
    { name: 'the ledger has no more than was acknowledged or is unknown', seen: `${unknown} unknown`, wrong: surplus },
  ];
}
