/**
 * Every command of the game, and what its replies look like: when it was done, and when it was refused.
 *
 * The fields, their names and types are those that the clients of the original server know. Where this game answers otherwise, it says why beside it.
 */
import * as commands from '../../../../app/share/commands';
import { battle } from './battleshape';
import { bool, int, list, moment, oneOf, type Shape, said, text } from './shape';

export interface Replies {
  readonly done: Shape;
  readonly refused: Shape;
}

/** The original leaves `message` out of several replies; clients read it as a text in each. */
const quietly = { result: true, message: '' };
const aloud = { result: true, message: said };
/** The original says nothing to some refusals, or does not answer at all. */
const refused = { result: false, message: said };

const flag = oneOf(0, 1);

const instance = { itemid: int, icon: int, tempid: int };
const details = {
  icon: int,
  itemname: said,
  itemdesc: text,
  tempid: int,
  attack: int,
  fangyu: int,
  minjie: int,
  tili: int,
  price: int,
  stack: 1,
  qh: flag,
};

const pet = {
  chaid: int,
  chatype: 3,
  tempid: int,
  rolename: said,
  icon: int,
  level: int,
  guanqia: said,
  skill: said,
  attack: int,
  fangyu: int,
  tili: int,
  minjie: oneOf(1, 2, 3, 4),
  price: int,
  exp: int,
};
const hiredPlayer = { ...pet, chatype: 2, level: said, attack: 0, fangyu: 0, tili: 0, minjie: 0, exp: 0 };
const inspected = {
  chaid: int,
  rolename: said,
  icon: int,
  level: int,
  guanqia: said,
  skill: said,
  attack: int,
  fangyu: int,
  tili: int,
  minjie: int,
  price: int,
};

const listed = { chaid: int, rolename: said, level: int, skill: said, price: int, rank: int, guyong: bool };

const growths = { str: int, vit: int, dex: int, wis: int };
const wineShop = {
  petlist: list({ pos: oneOf(1, 2, 3), tempid: int, rolename: said, icon: int, quality: oneOf(1, 2, 3, 4), skill: said, price: int }),
  left: int,
  refreshgold: int,
};

const OF_THE_ORIGINAL: Readonly<Record<number, Replies>> = {
  [commands.LOGIN]: {
    // The original drops the reason, which clients read: to them it is an empty one.
    done: { result: true, message: 'login_success', data: { userId: int, hasRole: bool, characterId: int } },
    refused: { ...refused, data: {} },
  },
  [commands.CREATE_ROLE]: { done: { ...aloud, data: { userId: int, newCharacterId: int } }, refused },
  [commands.ENTER]: {
    done: {
      ...quietly,
      data: {
        cid: int,
        name: said,
        level: int,
        exp: int,
        maxexp: int,
        coin: int,
        yuanbao: int,
        power: int,
        gas: int,
        profession: int,
      },
    },
    refused,
  },
  [commands.STATUS]: {
    done: {
      ...quietly,
      data: {
        characterId: int,
        rolename: said,
        level: int,
        exp: int,
        maxexp: int,
        coin: int,
        gold: int,
        tili: int,
        tilimax: int,
        huoli: int,
        // The original sends what there is of it now.
        maxhuoli: 30,
        profession: int,
      },
    },
    refused,
  },

  [commands.EQUIPMENT]: {
    // `exp` twice: servers have it in the item, clients read it beside.
    done: {
      ...quietly,
      data: {
        equip: [{ pos: oneOf(1, 2, 3, 4, 5, 6), exp: int, item: { ...instance, exp: int } }],
        attack: int,
        fangyu: int,
        minjie: int,
      },
    },
    refused,
  },
  [commands.PACKAGE]: { done: { ...quietly, data: { itemlist: [{ ...instance, stack: int, exp: int }] } }, refused },
  [commands.USE_ITEM]: { done: quietly, refused },
  [commands.ITEM_DETAILS]: { done: { ...quietly, data: { itemid: int, qlevel: int, ...details } }, refused },
  [commands.FEED_ITEM]: { done: { result: true, message: text }, refused },
  [commands.TAKE_OFF]: { done: quietly, refused },

  [commands.FRAGMENT_TARGET]: { done: { ...quietly, data: { hcprice: int, iteminfo: { itemid: 0, qlevel: 0, ...details } } }, refused },
  [commands.FRAGMENT_LIST]: { done: { ...quietly, data: { itemlist: [{ ...instance, stack: int }] } }, refused },
  [commands.COMPOUND_NEEDS]: {
    done: {
      ...quietly,
      data: { coinrequired: int, itemA: int, itemAcnt: int, itemAGoal: int, itemB: int, itemBcnt: int, itemBGoal: int, itemBound: int },
    },
    refused,
  },
  [commands.COMPOUND]: { done: aloud, refused },

  [commands.PET_LIST]: { done: { ...quietly, data: { petlist: [oneOf(pet, hiredPlayer)] } }, refused },
  [commands.FORMATION]: {
    done: {
      ...quietly,
      data: { matrix: [{ pos: oneOf(1, 2, 3, 4, 5, 6, 7, 8, 9), chatype: oneOf(1, 2, 3), chaid: int, tempid: int }] },
    },
    refused,
  },
  [commands.CHANGE_FORMATION]: { done: quietly, refused },
  [commands.SWALLOW_PET]: { done: quietly, refused },

  [commands.ARENA]: {
    done: {
      ...quietly,
      data: {
        ranking: int,
        sptimes: int,
        // Of our own: whether today's reward (3705) was had.
        receive: flag,
        dsList: list({ characterId: int, ranking: int, nickname: said, level: int, profession: int }),
      },
    },
    refused,
  },
  [commands.ARENA_FIGHT]: { done: { ...quietly, data: battle({ coin: 0, exp: 0, star: 0, item: list('none'), huoli: 0 }) }, refused },
  [commands.CAMPAIGN]: { done: { ...quietly, data: { cityid: int, citylist: list(oneOf(0, 1, 2, 3)) } }, refused },
  [commands.CAMPAIGN_FIGHT]: {
    done: {
      ...quietly,
      star: oneOf(0, 1, 2, 3),
      data: battle({ coin: int, exp: int, star: oneOf(0, 1, 2, 3), item: list(int), huoli: -1 }),
    },
    refused,
  },

  [commands.INSPECT]: { done: { ...quietly, data: oneOf(inspected, pet) }, refused },
  [commands.RANKING]: { done: { ...quietly, data: { end: int, sp: bool, friendlist: [listed] } }, refused },
  [commands.MAIL_LIST]: {
    done: {
      ...quietly,
      // `pages` is our own: a request may name a `page`.
      data: { maillist: [{ id: int, sender: said, title: said, type: int, isReaded: flag, sendTime: moment }], pages: int },
    },
    refused,
  },
  [commands.SEND_MAIL]: { done: quietly, refused },
  [commands.READ_MAIL]: { done: { ...quietly, data: { id: int, sender: said, title: said, sendTime: moment, content: said } }, refused },
  // Clients read `messge`.
  [commands.HIRE]: { done: { ...aloud, messge: said }, refused: { ...refused, messge: said } },
  [commands.HIRE_RECORDS]: {
    done: {
      ...quietly,
      data: { recordlist: [{ datestr: moment, rolename: said, zyname: said, bresult: oneOf(1, 2), coin: int, huoli: int }] },
    },
    refused,
  },
};

/** Clients of older servers do not send these. */
export const OF_OUR_OWN: Readonly<Record<number, Replies>> = {
  [commands.FRIEND_LIST]: { done: { ...quietly, data: { friendlist: [listed] } }, refused },
  [commands.ADD_FRIEND]: { done: aloud, refused },
  [commands.DELETE_FRIEND]: { done: aloud, refused },
  [commands.DELETE_MAIL]: { done: quietly, refused },
  [commands.SAVE_MAIL]: { done: quietly, refused },
  [commands.WINE_SHOP]: { done: { ...quietly, data: wineShop }, refused },
  [commands.BUY_PET]: { done: { ...quietly, data: { petid: int } }, refused },
  [commands.REFRESH_SHOP]: { done: { ...quietly, data: wineShop }, refused },
  [commands.TRAIN_PET]: { done: { ...quietly, data: { petid: int, now: growths, trained: growths } }, refused },
  [commands.KEEP_TRAINING]: { done: quietly, refused },
  [commands.FEED_PET]: { done: quietly, refused },
  [commands.ARENA_REWARD]: { done: { ...quietly, data: { coin: int } }, refused },
  [commands.ARENA_LOG]: {
    done: {
      ...quietly,
      data: {
        loglist: [
          {
            tiaozhan: int,
            tiaozhanname: said,
            yingzhan: int,
            yingzhanname: said,
            success: flag,
            rankingChange: int,
            recordtime: moment,
          },
        ],
      },
    },
    refused,
  },
  [commands.BUY_ARENA_FIGHT]: { done: { ...quietly, data: { sptimes: int, price: int } }, refused },
};

export const SHAPES: Readonly<Record<number, Replies>> = { ...OF_THE_ORIGINAL, ...OF_OUR_OWN };

/** Not for clients: what gate tells game nodes, and a number that an older server took for scripts of its operator. */
export const UNREACHABLE: Readonly<Record<number, Shape>> = {
  [commands.CONNECTION_LOST]: refused,
  [commands.HELD_PLAYERS]: refused,
  [commands.LEAVE_CHARACTER]: refused,
  [commands.ENTER_SCENE]: refused,
  99: refused,
};

/** What comes unasked. */
export const PUSHES: Readonly<Record<number, Shape>> = {
  [commands.LOGGED_IN_ELSEWHERE]: aloud,
  [commands.SERVER_LEAVES]: aloud,
};
