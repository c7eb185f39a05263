/** Professions: what a level is worth to a fighter, by profession id. A player may choose 1 to 6; 7 and 8 are for units of the game. */

export interface Profession {
  readonly id: number;
  readonly name: string;
  /** Primary attributes gained with each level. */
  readonly perLevel: { readonly str: number; readonly dex: number; readonly vit: number; readonly wis: number };
  readonly hpPerVit: number;
  readonly phyAttPerStr: number;
  readonly phyDefPerStr: number;
  readonly phyDefPerVit: number;
  readonly migAttPerWis: number;
  readonly migDefPerWis: number;
  readonly migDefPerVit: number;
  readonly speedPerDex: number;
  /** Skill of an ordinary attack. */
  readonly ordinarySkill: number;
}

/** Professions 5 to 8 differ in name only. */
const PLAIN = {
  perLevel: { str: 5, dex: 5, vit: 5, wis: 5 },
  hpPerVit: 5,
  phyAttPerStr: 5,
  phyDefPerStr: 2,
  phyDefPerVit: 2,
  migAttPerWis: 2,
  migDefPerWis: 2,
  migDefPerVit: 2,
  speedPerDex: 2,
  ordinarySkill: 100006,
};

export const PROFESSIONS: readonly Profession[] = [
  {
    id: 1,
    name: 'Blade Warden',
    perLevel: { str: 10, dex: 5, vit: 8, wis: 3 },
    hpPerVit: 7,
    phyAttPerStr: 4,
    phyDefPerStr: 0,
    phyDefPerVit: 0.75,
    migAttPerWis: 4,
    migDefPerWis: 1,
    migDefPerVit: 1.6,
    speedPerDex: 1,
    ordinarySkill: 100006,
  },
  {
    id: 2,
    name: 'Ember Adept',
    perLevel: { str: 2, dex: 5, vit: 6, wis: 12 },
    hpPerVit: 5,
    phyAttPerStr: 4,
    phyDefPerStr: 1,
    phyDefPerVit: 0.6,
    migAttPerWis: 4,
    migDefPerWis: 1,
    migDefPerVit: 0.5,
    speedPerDex: 1,
    ordinarySkill: 100006,
  },
  {
    id: 3,
    name: 'Dusk Archer',
    perLevel: { str: 11, dex: 5, vit: 6, wis: 3 },
    hpPerVit: 6,
    phyAttPerStr: 4,
    phyDefPerStr: 0.4,
    phyDefPerVit: 0.3,
    migAttPerWis: 4,
    migDefPerWis: 1,
    migDefPerVit: 1.6,
    speedPerDex: 1,
    ordinarySkill: 100006,
  },
  {
    id: 4,
    name: 'Iron Bulwark',
    perLevel: { str: 5, dex: 5, vit: 5, wis: 2 },
    hpPerVit: 15,
    phyAttPerStr: 5,
    phyDefPerStr: 3,
    phyDefPerVit: 0,
    migAttPerWis: 1.5,
    migDefPerWis: 3,
    migDefPerVit: 2,
    speedPerDex: 2,
    ordinarySkill: 100006,
  },
  { id: 5, name: 'Mire Lancer', ...PLAIN },
  { id: 6, name: 'Gale Rider', ...PLAIN },
  { id: 7, name: 'Levy Spearman', ...PLAIN },
  { id: 8, name: 'Hired Sword', ...PLAIN },
];

export const PROFESSION_BY_ID: ReadonlyMap<number, Profession> = new Map(PROFESSIONS.map((profession) => [profession.id, profession]));
