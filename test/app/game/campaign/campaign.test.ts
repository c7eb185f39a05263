import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currentChapter, improvement, openChapter, starList } from '../../../../app/game/campaign/chapters';
import { campaignReply } from '../../../../app/game/campaign/replies';
import { rewardOf } from '../../../../app/game/campaign/rewards';
import { SeededRandom } from '../../../../app/game/random';
import { DATA, refuses, row } from '../data';
import { MIN, rolls } from '../dice';

const finished = (...chapters: number[]) => chapters.map((chapter) => ({ chapter, star: (chapter % 3) + 1 }));

describe('the campaign', () => {
  it('is at the chapter after the last that is finished, and stays at its end', () => {
    assert.equal(currentChapter([], DATA.chapters), 1000);
    assert.equal(currentChapter(finished(1001, 1000), DATA.chapters), 1002);
    assert.equal(currentChapter(finished(1052), DATA.chapters), 1052);
  });

  it('lists stars in the order of the chapters', () => {
    assert.deepEqual(starList(finished(1002, 1000, 1001)), [2, 3, 1]);
  });

  it('opens the current chapter and all before it', () => {
    const player = { finished: finished(1000, 1001), level: 1 };
    assert.equal(openChapter(1002, player, DATA.chapters).id, 1002);
    assert.equal(openChapter(1000, player, DATA.chapters).id, 1000);
    refuses('chapterClosed', () => openChapter(1003, player, DATA.chapters));
    refuses('chapterMissing', () => openChapter(999, player, DATA.chapters));
    const hard = new Map([[1000, { ...row(DATA.chapters, 1000), levelRequired: 5 }]]);
    refuses('levelTooLow', () => openChapter(1000, { finished: [], level: 4 }, hard));
  });

  it('remembers only what is better than before, each time', () => {
    assert.deepEqual(improvement(0, 1000, 1), { chapter: 1000, star: 1 });
    assert.deepEqual(improvement(1, 1000, 2), { chapter: 1000, star: 2 });
    assert.deepEqual(improvement(2, 1000, 3), { chapter: 1000, star: 3 });
    assert.equal(improvement(3, 1000, 3), undefined);
    assert.equal(improvement(0, 1000, 0), undefined);
  });
});

describe('the answer to command 4500', () => {
  it('is the chapter that was asked for, or the current one, and the stars', () => {
    const data = (index: number) => campaignReply(index, finished(1001, 1000), DATA.chapters).data;
    assert.deepEqual(data(0), { cityid: 1002, citylist: [2, 3] });
    assert.deepEqual(data(1000), { cityid: 1000, citylist: [2, 3] });
  });
});

describe('a fight of the campaign', () => {
  const chapter = row(DATA.chapters, 1000);

  it('brings coins, experience and one thing of the list, and takes one energy', () => {
    const { gains, item } = rewardOf(chapter, { result: 1, stars: 2 }, MIN);
    assert.deepEqual(gains, { coin: 248, exp: 124, star: 2, item: [53000001], huoli: -1 });
    assert.equal(item?.id, 53000001);
    assert.deepEqual(rewardOf(chapter, { result: 1, stars: 2 }, rolls(6)).gains.item, [10150001]);
  });

  it('brings nothing when it is lost, and takes its energy all the same', () => {
    assert.deepEqual(rewardOf(chapter, { result: 2, stars: 0 }, rolls()), {
      gains: { coin: 0, exp: 0, star: 0, item: [], huoli: -1 },
      item: undefined,
    });
  });

  it('may bring each thing of the list', () => {
    const random = SeededRandom.from(5);
    const brought = new Set(Array.from({ length: 200 }, () => rewardOf(chapter, { result: 1, stars: 1 }, random).item?.id));
    assert.equal(brought.size, chapter.drops.length);
  });
});
