/** Battles of the original server, fought with loaded dice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Battle } from '../../../../app/game/battle/battle';
import { type HitEntry, NO_GAINS, type StepEntry } from '../../../../app/game/battle/report';
import { fightReply } from '../../../../app/game/campaign/replies';
import { rewardOf } from '../../../../app/game/campaign/rewards';
import { encodeReply } from '../../../../app/share/reply';
import { DATA, row } from '../data';
import { MID, MIN } from '../dice';
import { foes, hero, pet } from './people';

/** Dice and profession of a hero of level 1, alone at place 5; for the chapters from 1000 on: result/stars/steps/its hit points at the end. */
const FIRST_CHAPTERS = `
mid 1 | 1/3/1/56 1/2/3/53 1/2/3/49 1/2/3/49 1/1/6/20 1/1/6/23 1/1/6/5 1/1/6/23 1/1/6/1 2/0/5/-7
mid 3 | 1/3/1/36 1/2/3/33 1/2/3/29 1/2/3/29 2/0/5/0 1/1/6/3 2/0/5/-15 1/1/6/3 2/0/5/-19 2/0/3/-6
mid 5 | 1/3/1/25 1/2/3/24 1/2/3/24 1/2/3/24 1/1/6/22 1/1/6/22 1/1/6/16 1/1/6/22 1/1/6/10 1/1/6/4
mid 6 | 1/3/1/25 1/2/3/24 1/2/3/24 1/2/3/24 1/1/6/22 1/1/6/22 1/1/6/16 1/1/6/22 1/1/6/10 1/1/6/4
min 1 | 1/3/1/56 1/2/3/54 1/2/3/46 1/2/3/46 2/0/5/-4 1/1/6/2 2/0/3/-4 1/1/6/2 2/0/3/-4 2/0/3/-20
min 2 | 1/3/1/30 1/2/3/26 1/2/3/18 1/2/3/18 2/0/3/-14 2/0/2/-4 2/0/2/-4 2/0/3/-10 2/0/3/-34 2/0/2/-10
min 4 | 1/3/1/75 1/2/3/73 1/2/3/73 1/2/3/73 1/1/6/69 1/1/6/75 1/1/6/39 1/1/6/75 1/1/6/31 1/1/6/15`;

describe('a hero of level 1 against the first ten chapters', () => {
  for (const line of FIRST_CHAPTERS.trim().split('\n')) {
    const [[dice, profession] = [], cells = []] = line.split('|').map((part) => part.trim().split(/\s+/));
    it(`fares as in the original, profession ${profession}, ${dice} dice`, () => {
      cells.forEach((cell, at) => {
        const battle = Battle.fight([hero(Number(profession), 1)], foes(1000 + at), dice === 'mid' ? MID : MIN);
        const steps = battle.report(NO_GAINS).stepData.length;
        assert.equal([battle.result, battle.stars, steps, battle.units[0]?.hp].join('/'), cell, `chapter ${1000 + at}`);
      });
    });
  }
});

const PETS = () => [pet(15005, 5, 1), pet(15093, 5, 2)];

describe('the steps of a battle', () => {
  it('of chapter 1029 are the original ones', () => {
    const battle = Battle.fight([...PETS(), hero(5, 5), pet(15177, 5, 8)], foes(1029), MID);
    assert.deepEqual(stepsOf(battle), [
      '15 100006 99 -> 28:-187(96)[27]',
      '25 610101 99 -> 12:-96(96)[72]',
      '18 610101 99 -> 25:-16(97)[90]',
      '11 610101 99 -> 24:-55(96)[27]',
      '26 610101 99 -> 15:-1(97)[125]',
      '15 100006 99 -> 25:-176(96)[74]',
      '18 610101 99 -> 26:-27(96)[27]',
    ]);
    assert.deepEqual([battle.result, battle.stars], [1, 2]);
  });

  it('of a fight between players are the original ones, with what poison takes as steps of its own', () => {
    const battle = Battle.fight([hero(4, 5)], [...PETS(), hero(5, 5), pet(15177, 5, 8)], MID);
    assert.deepEqual(stepsOf(battle), [
      '15 100006 99 -> 28:-179(96)[72]',
      '25 100006 99 -> 15:-116(97)[375]',
      '21 610101 99 -> 15:-1(97)[259]',
      '22 610101 99 -> 15:-1(97)[258]',
      '15 100006 99 -> 22:-179(96)[72]',
      '25 100006 99 -> 15:-116(97)[257]',
      '21 100016 98 -> 15:-1(97)[141] buff 100016 x1 for 3',
      '-1 0 -1 -> 15:-84(97)[140] buff 100016 x1 for 3',
      '15 buff 100016 x1 for 2 100006 99 -> 25:-91(97)[125]',
      '25 100006 99 -> 15:-116(96)[56]',
    ]);
    assert.equal(battle.result, 2);
  });
});

describe('the answer to command 4501', () => {
  it('has exactly these fields', () => {
    const chapter = row(DATA.chapters, 1000);
    const battle = Battle.fight([hero(1, 1)], foes(1000), MID);
    // The first thing of the list is what the original always gave.
    const { gains } = rewardOf(chapter, battle, MIN);
    assert.deepEqual(JSON.parse(encodeReply(fightReply(battle, gains))), {
      result: true,
      message: '',
      star: 3,
      data: {
        battleResult: 1,
        startData: [
          {
            chaId: 1000001,
            chaBattleId: 15,
            chaName: 'alpha',
            chaLevel: 1,
            chaDirection: 1,
            chaCurrentHp: 56,
            chaTotalHp: 56,
            chaPos: 5,
            chaIcon: 1,
          },
          {
            chaId: 101,
            chaBattleId: 25,
            chaName: 'Cellar Rat',
            chaLevel: 1,
            chaDirection: 2,
            chaCurrentHp: 2,
            chaTotalHp: 2,
            chaPz: 1,
            chaPos: 5,
            chaIcon: 6048,
          },
        ],
        stepData: [
          {
            chaBattleId: 15,
            chaId: 1000001,
            skill: 100006,
            actionId: 99,
            chaCurrentHp: 56,
            chaTotalHp: 56,
            chaExpendHp: 0,
            txtEffectId: 0,
            chaBuff: 0,
            enemyChaArr: [
              {
                enemyBattleId: 25,
                enemyChaId: 101,
                enemyActionId: 96,
                enemyChangeHp: -63,
                enemyCurrentHp: 2,
                enemyTotalHp: 2,
                enemyBuff: 0,
              },
            ],
          },
        ],
        setData: { coin: 248, exp: 124, star: 3, item: [53000001], huoli: -1 },
      },
    });
  });
});

function stepsOf(battle: Battle): string[] {
  return battle.report(NO_GAINS).stepData.map(inShort);
}

function inShort({ chaBattleId, skill, actionId, chaBuff, enemyChaArr }: StepEntry): string {
  return `${chaBattleId}${buffOf(chaBuff)} ${skill} ${actionId} -> ${enemyChaArr.map(hitInShort).join(' ')}`;
}

function hitInShort({ enemyBattleId, enemyChangeHp, enemyActionId, enemyCurrentHp, enemyBuff }: HitEntry): string {
  return `${enemyBattleId}:${enemyChangeHp}(${enemyActionId})[${enemyCurrentHp}]${buffOf(enemyBuff)}`;
}

function buffOf(buff: HitEntry['enemyBuff']): string {
  return buff ? ` buff ${buff.buffId} x${buff.buffLayerCount} for ${buff.buffRemainRoundCount}` : '';
}
