/** The books of players, who noted how each of their trades ended, against the ledger and the rows. Pure. */
import { EXPERIENCE_TO_LEAVE, MAX_LEVEL } from '../../app/data/experience';
import type { Character } from '../../app/share/tables';
import { type Books, FIGURES, type Figure, type Noted } from '../bots/books';
import type { Check } from './check';
import type { Estate } from './estate';
import { groupBy } from './group';
import { entriesFor } from './ledgers';

type Seen = Pick<Estate, 'ledger' | 'characters' | 'arenaFights' | 'pets'>;

const NOTHING: Noted = { acknowledged: 0, unknown: 0 };

/** The books must be those of everybody who has played. */
export function checkBooks(estate: Seen, books: Books): Check[] {
  return [...checkTrades(estate, books), ...FIGURES.map((figure) => checkFigure(figure, estate, books)), checkGrowths(estate, books)];
}

function checkTrades({ ledger, characters }: Seen, { reasons, characters: books }: Books): Check[] {
  const [missing, surplus]: [string[], string[]] = [[], []];
  let [acknowledged, unknown, there] = [0, 0, 0];
  const ids = new Set([...characters.map(({ id }) => id), ...Object.keys(books).map(Number)]);
  for (const reason of reasons) {
    const entries = entriesFor(ledger, reason);
    for (const id of ids) {
      const said = books[id]?.[reason] ?? NOTHING;
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

/** What rows say of a figure, by character. Who has learnt all there is has no figure. */
const FIGURE_OF: Readonly<
  Record<Figure, { readonly name: string; readonly of: (estate: Seen) => (character: Character) => number | undefined }>
> = {
  experience: { name: 'experience is what was acknowledged', of: () => experienceOf },
  victories: {
    name: 'every acknowledged victory is in the log of the arena',
    of: ({ arenaFights }) => {
      const won = groupBy(
        arenaFights.filter(({ success }) => success === 1),
        ({ tiaozhan }) => tiaozhan,
      );
      return ({ id }) => won.get(id)?.length ?? 0;
    },
  },
};

function checkFigure(figure: Figure, estate: Seen, { figures }: Books): Check {
  const { name, of } = FIGURE_OF[figure];
  const figureOf = of(estate);
  const wrong: string[] = [];
  let [acknowledged, there] = [0, 0];
  for (const character of estate.characters) {
    const said = figures[character.id]?.[figure] ?? NOTHING;
    const has = figureOf(character);
    if (has === undefined) continue;
    acknowledged += said.acknowledged;
    there += has;
    if (has < said.acknowledged || has > said.acknowledged + said.unknown)
      wrong.push(`character ${character.id}, ${figure}: ${said.acknowledged} acknowledged, ${said.unknown} unknown, and it is ${has}`);
  }
  return { name, seen: `${acknowledged} acknowledged, ${there} there`, wrong };
}

/** All that a character has learnt since its first level. */
function experienceOf({ level, exp }: Pick<Character, 'level' | 'exp'>): number | undefined {
  return level >= MAX_LEVEL ? undefined : EXPERIENCE_TO_LEAVE.slice(1, level).reduce((sum, needed) => sum + needed, exp);
}

/** A pet that is gone has none; that it is gone for a reason is in the ledger. */
function checkGrowths({ pets }: Seen, { growths }: Books): Check {
  const wrong: string[] = [];
  let compared = 0;
  for (const { id, StrGrowth: str, VitGrowth: vit, DexGrowth: dex, WisGrowth: wis } of pets) {
    const known = growths[id];
    if (!known) continue;
    compared += 1;
    const [said, has] = [known, { str, vit, dex, wis }].map((growth) => `${growth.str} ${growth.vit} ${growth.dex} ${growth.wis}`);
    if (said !== has) wrong.push(`pet ${id} was trained to ${said}, and has ${has}`);
  }
  return { name: 'trained pets are what they were trained to', seen: `${compared} pets`, wrong };
}
