/** Two characters with something of everything, all of it accounted for. */
import type {
  Account,
  ArenaFight,
  Character,
  Friend,
  HireRecord,
  Item,
  LedgerLine,
  Pet,
  Recharge,
  Standing,
} from '../../../app/share/tables';
import type { Estate } from '../../../tools/audit/estate';

export const ADA = 1_000_001;
export const BEN = 1_000_002;
/** Stacks of up to five; and something to wear. */
export const PAGE = 54000006;
export const BLADE = 10150001;
export const HERO = 15001;
export const PET = 3_000_001;

export type Village = {
  -readonly [K in keyof Estate]: Estate[K] extends readonly (infer R)[] ? { -readonly [F in keyof R]: R[F] }[] : Estate[K];
};

export function village(): Village {
  return {
    accounts: [account(1, ADA), account(2, BEN), account(3, 0)],
    characters: [character(ADA, { coin: 8_500, gold: 90, entries: 5 }), character(BEN, { coin: 10_100, entries: 1 })],
    items: [item(1, PAGE, 5), item(2, PAGE, 2), item(3, BLADE, 1)],
    pets: [{ id: PET, ownerID: ADA, templateID: HERO, StrGrowth: 16, VitGrowth: 26, DexGrowth: 28, WisGrowth: 0 } as Pet],
    equipment: [worn(ADA, 3), worn(BEN, -1)],
    formations: [formation(ADA, [PET, BEN]), formation(BEN, [])],
    friends: [{ friendId: 1, characterId: ADA, playerId: BEN, guyong: 1 } as Friend],
    hireRecords: [{ id: 1, characterId: BEN } as HireRecord],
    standings: [standing(ADA, 2), standing(BEN, 1)],
    ranks: [
      { ranking: 1, characterId: BEN },
      { ranking: 2, characterId: ADA },
    ],
    arenaFights: [{ id: 1, tiaozhan: ADA, yingzhan: BEN, success: 1, rankingChange: 0 } as ArenaFight],
    recharges: [{ id: 1, uid: '1', orderid: 'order 1', zuan: 90, boo: 1 } as Recharge],
    bills: [],
    // As the database may give them: in no order.
    ledger: [
      line(ADA, 2, 1, 'coin', 0, -1_000, 9_000, 'hire'),
      line(ADA, 1, 1, 'item', PAGE, 8, 8, 'gift'),
      line(ADA, 1, 2, 'item', BLADE, 1, 1, 'gift'),
      line(ADA, 3, 1, 'coin', 0, -500, 8_500, 'petShop'),
      line(ADA, 3, 2, 'pet', HERO, 1, 1, 'petShop'),
      line(ADA, 4, 1, 'item', PAGE, -1, 7, 'feedItem'),
      line(ADA, 5, 1, 'gold', 0, 90, 90, 'recharge'),
      line(BEN, 1, 1, 'coin', 0, 100, 10_100, 'hired'),
    ],
    quarantined: 0,
  };
}

export function line(
  characterId: number,
  entry: number,
  at: number,
  what: LedgerLine['what'],
  template: number,
  amount: number,
  after: number,
  reason: string,
): LedgerLine {
  return { id: 0, characterId, entry, line: at, at: '2026-01-31 12:00:00', what, template, amount, after, reason };
}

function account(id: number, characterId: number): Account {
  return { id, characterId } as Account;
}

function character(id: number, figures: Partial<Character>): Character {
  return { id, level: 1, coin: 10_000, gold: 0, exp: 0, energy: 30, packageSize: 24, entries: 0, ...figures } as Character;
}

function item(id: number, itemTemplateId: number, stack: number): Item {
  return { id, characterId: ADA, itemTemplateId, stack } as Item;
}

function worn(characterId: number, trousers: number): Estate['equipment'][number] {
  const [body, header, bracer, shoes, belt, necklace, waist, weapon, cloak] = Array.from({ length: 9 }, () => -1) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { characterId, body, trousers, header, bracer, shoes, belt, necklace, waist, weapon, cloak };
}

function formation(characterId: number, [first = -1, second = -1]: readonly number[]): Estate['formations'][number] {
  return {
    characterId,
    matrixId: 0,
    eyes_1: first,
    eyes_2: second,
    eyes_3: -1,
    eyes_4: -1,
    eyes_5: 0,
    eyes_6: -1,
    eyes_7: -1,
    eyes_8: -1,
    eyes_9: -1,
  };
}

function standing(id: number, ranking: number): Standing {
  return { id, characterId: id, ranking } as Standing;
}
