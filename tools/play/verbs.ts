/** What a person can say in the game, what is asked for it, and how the answer reads. */
import { GAME_DATA } from '../../app/data/gamedata';
import type { BattleReport } from '../../app/game/battle/report';
import {
  ARENA,
  ARENA_FIGHT,
  CAMPAIGN,
  CAMPAIGN_FIGHT,
  CHANGE_FORMATION,
  COMPOUND,
  EQUIPMENT,
  FORMATION,
  FRAGMENT_LIST,
  HIRE,
  HIRE_RECORDS,
  INSPECT,
  ITEM_DETAILS,
  MAIL_LIST,
  PACKAGE,
  PET_LIST,
  RANKING,
  READ_MAIL,
  SEND_MAIL,
  STATUS,
  SWALLOW_PET,
  TAKE_OFF,
  USE_ITEM,
} from '../../app/share/commands';
import type { Game, Reply, Row } from './game';

export interface Verb {
  /** As it is typed, with what goes behind it. */
  readonly usage: string;
  readonly help: string;
  /** @param rest what was typed behind the verb, by words */
  run(game: Game, rest: readonly string[]): Promise<void>;
}

/** Kinds of what stands in a formation. */
const PET = 3;
const OTHER_PLAYER = 2;
const [INTO_FORMATION, OUT_OF_FORMATION] = [0, 1];
const EVERYBODY = 3;

const { items, skills } = GAME_DATA.en;
const itemName = (template: unknown) => items.get(Number(template))?.name ?? `item ${template}`;

/** The fields of one thing in a line, those that are there. */
function line(row: Row, ...fields: readonly string[]): string {
  return `  ${fields.flatMap((field) => (row[field] === undefined ? [] : [`${field} ${row[field]}`])).join('  ')}`;
}

/** A verb that asks one thing. @param show the lines of an answer that is a success */
function asks(
  usage: string,
  help: string,
  command: number,
  fields: (rest: readonly string[]) => object,
  show: (data: Row) => readonly string[] = () => ['Done.'],
): Verb {
  return {
    usage,
    help,
    async run(game, rest) {
      const reply = await game.ask(command, fields(rest));
      game.say(reply.result ? show(reply.data ?? {}) : refusal(reply));
    },
  };
}

function refusal({ message }: Reply): string[] {
  return [message || 'That is not possible.'];
}

function list(data: Row, name: string): readonly Row[] {
  return (data[name] ?? []) as readonly Row[];
}

/** One line for each, or that there is none. */
function linesOf(rows: readonly Row[], of: (row: Row) => string, none: string): readonly string[] {
  return rows.length === 0 ? [none] : rows.map(of);
}

/** A number that was typed. A missing one is 0, which the game refuses in its own words. */
function id(word: string | undefined): number {
  return Number.isSafeInteger(Number(word)) ? Number(word) : 0;
}

const fightChapter: Verb = {
  usage: 'fight [CHAPTER]',
  help: 'the next chapter of the campaign, or one that you name',
  async run(game, [chapter]) {
    const { data } = await game.ask(CAMPAIGN, { index: 0 });
    await fight(game, CAMPAIGN_FIGHT, { zjid: chapter === undefined ? Number(data?.cityid) : id(chapter) });
  },
};

const challenge: Verb = {
  usage: 'challenge ID',
  help: 'fight somebody of the arena for the rank',
  run: (game, [opponent]) => fight(game, ARENA_FIGHT, { tid: id(opponent) }),
};

async function fight(game: Game, command: number, fields: object): Promise<void> {
  const reply = await game.ask(command, fields);
  if (!reply.result) game.say(refusal(reply));
  else await game.showBattle(reply.data as unknown as BattleReport, (skill) => skills.get(skill)?.name, itemName);
}

export const VERBS: readonly Verb[] = [
  fightChapter,
  asks(
    'hero',
    'your level, coins and energy',
    STATUS,
    () => ({}),
    (data) => [line(data, 'rolename', 'level', 'exp', 'maxexp'), line(data, 'coin', 'gold', 'huoli', 'tili')],
  ),
  asks(
    'bag',
    'what you carry',
    PACKAGE,
    () => ({}),
    (data) => linesOf(list(data, 'itemlist'), (item) => `  ${item.itemid}  ${itemName(item.tempid)} x ${item.stack}`, 'Your bag is empty.'),
  ),
  asks(
    'item ID',
    'what an item is',
    ITEM_DETAILS,
    ([item]) => ({ itemid: id(item) }),
    (data) => [`  ${data.itemname}: ${data.itemdesc}`, line(data, 'qlevel', 'attack', 'fangyu', 'minjie', 'tili', 'price')],
  ),
  asks('use ID', 'wear an item, or use it', USE_ITEM, ([item]) => ({ itemid: id(item) })),
  asks(
    'worn',
    'what you wear',
    EQUIPMENT,
    () => ({}),
    (data) =>
      linesOf(
        list(data, 'equip'),
        ({ pos, item }) => `  ${pos}  ${(item as Row).itemid}  ${itemName((item as Row).tempid)}`,
        'You wear nothing.',
      ),
  ),
  asks('off ID', 'take an item off', TAKE_OFF, ([item]) => ({ itemid: id(item) })),
  asks(
    'fragments',
    'what can be put together',
    FRAGMENT_LIST,
    () => ({}),
    (data) =>
      linesOf(list(data, 'itemlist'), (item) => `  ${item.tempid}  ${itemName(item.tempid)} x ${item.stack}`, 'You have no fragments.'),
  ),
  asks('compound TEMPLATE', 'put fragments together', COMPOUND, ([template]) => ({ tempid: id(template) })),
  asks(
    'pets',
    'who does not stand in the formation',
    PET_LIST,
    () => ({}),
    (data) =>
      linesOf(list(data, 'petlist'), (pet) => line(pet, 'chaid', 'chatype', 'rolename', 'level', 'attack', 'fangyu', 'tili'), 'Nobody.'),
  ),
  asks(
    'team',
    'your formation',
    FORMATION,
    () => ({}),
    (data) => linesOf(list(data, 'matrix'), (unit) => line(unit, 'pos', 'chatype', 'chaid'), 'Nobody.'),
  ),
  asks('place ID PLACE [KIND]', 'put a pet (3) or a hired player (2) at a place from 1 to 9', CHANGE_FORMATION, ([unit, place, kind]) => ({
    petId: id(unit),
    chatype: kind === undefined ? PET : id(kind),
    operType: INTO_FORMATION,
    fromPos: 0,
    toPos: id(place),
  })),
  asks('remove ID PLACE [KIND]', 'take it out again', CHANGE_FORMATION, ([unit, place, kind]) => ({
    petId: id(unit),
    chatype: kind === undefined ? PET : id(kind),
    operType: OUT_OF_FORMATION,
    fromPos: id(place),
    toPos: 0,
  })),
  asks('swallow PET EATEN', 'let a pet eat another', SWALLOW_PET, ([eater, eaten]) => ({ petid: id(eater), tpetid: id(eaten) })),
  asks(
    'arena',
    'your rank, and whom you can challenge',
    ARENA,
    () => ({}),
    (data) => [
      line(data, 'ranking', 'sptimes'),
      ...list(data, 'dsList').map((row) => line(row, 'ranking', 'characterId', 'nickname', 'level')),
    ],
  ),
  challenge,
  asks(
    'players',
    'the ranking',
    RANKING,
    () => ({ tag: EVERYBODY, index: 0 }),
    (data) => linesOf(list(data, 'friendlist'), (row) => line(row, 'rank', 'chaid', 'rolename', 'level', 'price'), 'Nobody.'),
  ),
  asks(
    'look ID',
    'another player',
    INSPECT,
    ([other]) => ({ type: OTHER_PLAYER, tid: id(other) }),
    (data) => [line(data, 'rolename', 'level', 'skill', 'price'), line(data, 'attack', 'fangyu', 'tili', 'minjie')],
  ),
  asks('hire ID', 'a player, who then fights for you', HIRE, ([other]) => ({ friendid: id(other) })),
  asks(
    'hires',
    'what the fights of those you hired, and of those who hired you, brought',
    HIRE_RECORDS,
    () => ({}),
    (data) =>
      linesOf(list(data, 'recordlist'), (row) => line(row, 'datestr', 'rolename', 'zyname', 'bresult', 'coin', 'huoli'), 'Nothing yet.'),
  ),
  asks(
    'mail',
    'your letters',
    MAIL_LIST,
    () => ({}),
    (data) => linesOf(list(data, 'maillist'), (mail) => line(mail, 'id', 'sender', 'title', 'sendTime', 'isReaded'), 'No mail.'),
  ),
  asks(
    'read ID',
    'a letter',
    READ_MAIL,
    ([mail]) => ({ mailID: id(mail) }),
    (data) => [line(data, 'sender', 'sendTime', 'title'), `  ${data.content}`],
  ),
  asks('write NAME TITLE TEXT', 'a letter; the title is one word', SEND_MAIL, ([pname = '', title = '', ...words]) => ({
    pname,
    title,
    content: words.join(' '),
  })),
];

/** The verb that was typed, if there is one. */
export function verbOf(word: string): Verb | undefined {
  return VERBS.find(({ usage }) => usage.split(' ')[0] === word);
}

/** All verbs, one a line. */
export function helpLines(): string[] {
  const width = Math.max(...VERBS.map(({ usage }) => usage.length));
  return [...VERBS.map(({ usage, help }) => `  ${usage.padEnd(width)}  ${help}`), `  ${'quit'.padEnd(width)}  leave the game`];
}
