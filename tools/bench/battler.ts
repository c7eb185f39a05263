/**
 * The process of the row "battle": fights every chapter with a full formation, or only writes the reports of these fights.
 *
 *   node battler.js      forked, see peer.ts
 */
import { GAME_DATA } from '../../app/data/gamedata';
import { Battle } from '../../app/game/battle/battle';
import { monsterFighters } from '../../app/game/battle/fighters';
import type { BattleReport } from '../../app/game/battle/report';
import { rewardOf } from '../../app/game/campaign/rewards';
import { type Companions, partyOf } from '../../app/game/formation/party';
import { SeededRandom } from '../../app/game/random';
import { encodeReply, success } from '../../app/share/reply';
import { serve } from './peer';

export interface BattleLoad {
  readonly what: 'fight' | 'write';
  readonly seconds: number;
}

export interface BattleResult {
  readonly battles: number;
  /** Processor time of a battle. */
  readonly us: number;
}

const { chapters, pets, professions } = GAME_DATA.en;
const FIRST_PET = 3_000_001;
const WARM_UP_MS = 500;

/** The hero in the middle, pets of the first grade around it. */
const PLACES = Array.from({ length: 9 }, (_, at) => (at === 4 ? 0 : FIRST_PET + at));

/** Of the strongest monster's level: what makes fights last longest. */
const PARTY_LEVEL = 0.3;

const fights = [...chapters.values()].map((chapter) => {
  const strongest = Math.max(...chapter.foes.map(({ monster }) => monster.level));
  return { chapter, companions: companionsOf(Math.max(Math.round(strongest * PARTY_LEVEL), 1)) };
});

function companionsOf(level: number): Companions {
  const [profession] = professions.values();
  if (!profession) throw new Error('there is no profession');
  const heroes = [...pets.values()].filter(({ quality }) => quality === 1);
  const own = PLACES.flatMap((id, at) => {
    const template = heroes[at];
    return id === 0 || !template ? [] : [[id, { id, name: '', level, template, growth: template.growth }] as const];
  });
  return { hero: { id: 1_000_001, name: 'alpha', level, profession, worn: [] }, pets: new Map(own), hired: new Map() };
}

/** What a fight of the campaign takes the processor: the sides, the battle, the reward and the answer as text. */
function fight({ chapter, companions }: (typeof fights)[number]): { report: BattleReport; text: string } {
  const random = SeededRandom.from(chapter.id);
  const battle = Battle.fight(partyOf(PLACES, companions), monsterFighters(chapter.foes), random);
  const report = battle.report(rewardOf(chapter, battle, random).gains);
  return { report, text: encodeReply(success(report)) };
}

const expected = fights.map(fight);

/** Counts whole passes over the chapters. @throws Error when a fight was not what it was the first time */
function run({ what, seconds }: BattleLoad): BattleResult {
  const pass =
    what === 'fight' ? () => fights.map((one) => fight(one).text) : () => expected.map(({ report }) => encodeReply(success(report)));
  repeat(pass, WARM_UP_MS);
  const before = process.cpuUsage();
  const { passes, last } = repeat(pass, seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  const other = expected.findIndex(({ text }, at) => text !== last[at]);
  if (other >= 0) throw new Error(`chapter ${fights[other]?.chapter.id} ended in another way than before`);
  const battles = passes * fights.length;
  return { battles, us: (user + system) / battles };
}

function repeat(pass: () => string[], ms: number): { passes: number; last: string[] } {
  const end = performance.now() + ms;
  let passes = 0;
  let last: string[] = [];
  for (; passes === 0 || performance.now() < end; passes++) last = pass();
  return { passes, last };
}

serve(
  async () => 0,
  (question) => run(question as BattleLoad),
);
