/** The wine shop and pet training: commands 2320 to 2322, 2330 and 2331. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { type PlaygroundPlayer, usePlayground } from './playground';

interface Offer {
  readonly pos: number;
  readonly tempid: number;
  readonly price: number;
  readonly quality: number;
}

interface Shop {
  readonly petlist: Offer[];
  readonly left: number;
  readonly refreshgold: number;
}

const SCROLL = 42004026;

const game = usePlayground();

describe('the wine shop', () => {
  let guest: PlaygroundPlayer;
  before(async () => {
    guest = await game.enter('guest');
  });
  const shop = async () => (await guest.does(2320)).data as unknown as Shop;

  it('has three pets, and the same ones until others come', async () => {
    const { petlist, left, refreshgold } = await shop();
    assert.deepEqual(
      petlist.map(({ pos }) => pos),
      [1, 2, 3],
    );
    assert.ok(left > 0 && left <= 1800);
    assert.equal(refreshgold, 10);
    assert.deepEqual((await shop()).petlist, petlist);
  });

  it('sells a pet once, also to two requests at a time', async () => {
    const [offer] = (await shop()).petlist;
    assert.ok(offer);
    await guest.grant({ character: { coin: 100_000 } });
    const answers = await Promise.all([1, 2].map(() => guest.ask(2321, { pos: 1, tempid: offer.tempid })));
    assert.deepEqual(answers.map(({ result }) => result).sort(), [false, true]);
    const { character, pets } = await guest.owned();
    assert.equal(character.coin, 100_000 - offer.price);
    assert.deepEqual(
      pets.map(({ id, templateID, level }) => [id, templateID, level]),
      [[answers.find(({ result }) => result)?.data?.petid, offer.tempid, 1]],
    );
    assert.deepEqual(
      (await shop()).petlist.map(({ pos }) => pos),
      [2, 3],
    );
  });

  it('sells nothing that is not offered there, or cannot be paid, or has no place', async () => {
    const [second, third] = (await shop()).petlist;
    assert.ok(second && third);
    await guest.isRefused(2321, { pos: 1, tempid: second.tempid }, en.offerGone);
    await guest.isRefused(2321, { pos: 2, tempid: second.tempid + 1 }, en.offerGone);
    for (const pos of [0, 4, '2', undefined]) await guest.isRefused(2321, { pos, tempid: second.tempid }, /pos/);
    await guest.isRefused(2321, { pos: 1, tempid: 0 }, /tempid/);
    await guest.grant({ character: { coin: 5 } });
    await guest.isRefused(2321, { pos: 2, tempid: second.tempid }, en.notEnoughCoins);
    await guest.grant({ character: { coin: 100_000 }, pets: Array.from({ length: 9 }, () => 15001) });
    await guest.isRefused(2321, { pos: 2, tempid: second.tempid }, en.petsFull);
    assert.deepEqual((await shop()).petlist, [second, third]);
  });

  it('gets others for gold, with a bill', async () => {
    await guest.isRefused(2322, {}, en.notEnoughGold);
    await guest.grant({ character: { gold: 25 } });
    const { petlist } = (await guest.does(2322)).data as unknown as Shop;
    assert.equal(petlist.length, 3);
    assert.deepEqual((await shop()).petlist, petlist);
    const { character, bills } = await guest.owned();
    assert.equal(character.gold, 15);
    assert.deepEqual(
      bills.map(({ spendType, spendGold }) => [spendType, spendGold]),
      [[4, 10]],
    );
  });
});

describe('pet training', () => {
  let trainer: PlaygroundPlayer;
  let petid: number;
  before(async () => {
    trainer = await game.enter('trainer');
    await trainer.grant({ pets: [15001], items: [[SCROLL, 30]], character: { coin: 10_000, gold: 250 } });
    petid = Number((await trainer.owned()).pets[0]?.id);
  });
  const scrolls = ({ items }: { items: readonly { stack?: number | string | null }[] }) =>
    items.reduce((sum, { stack }) => sum + Number(stack), 0);

  it('takes scrolls and a fee, and changes nothing until it is kept', async () => {
    await trainer.isRefused(2331, { petid }, en.nothingTrained);
    const before = await trainer.owned();
    const { data } = await trainer.does(2330, { petid, type: 1 });
    const { now, trained } = data as Record<'now' | 'trained', Record<'str' | 'vit' | 'dex' | 'wis', number>>;
    const after = await trainer.owned();
    assert.deepEqual(after.pets, before.pets);
    assert.equal(scrolls(after), 29);
    assert.equal(after.character.coin, 9_800);
    const [pet] = before.pets;
    assert.deepEqual(now, { str: pet?.StrGrowth, vit: pet?.VitGrowth, dex: pet?.DexGrowth, wis: pet?.WisGrowth });

    await trainer.does(2331, { petid });
    const [kept] = (await trainer.owned()).pets;
    assert.deepEqual({ str: kept?.StrGrowth, vit: kept?.VitGrowth, dex: kept?.DexGrowth, wis: kept?.WisGrowth }, trained);
    await trainer.isRefused(2331, { petid }, en.nothingTrained);
  });

  it('can be had ten times at once, and for gold, with a bill', async () => {
    await trainer.does(2330, { petid, type: 4 });
    const { character, bills, ...rest } = await trainer.owned();
    assert.equal(character.gold, 50);
    assert.equal(scrolls(rest), 19);
    assert.deepEqual(
      bills.map(({ spendType, spendGold }) => [spendType, spendGold]),
      [[8, 200]],
    );
  });

  it('is refused when something is missing', async () => {
    for (const type of [0, 5, 'coin', undefined]) await trainer.isRefused(2330, { petid, type }, /type/);
    await trainer.isRefused(2330, { petid: petid + 1, type: 1 }, en.petMissing);
    await trainer.isRefused(2330, { petid, type: 4 }, en.notEnoughGold);
    await trainer.grant({ character: { coin: 100 } });
    await trainer.isRefused(2330, { petid, type: 1 }, en.notEnoughCoins);
    const other = await game.enter('no trainer');
    await other.isRefused(2330, { petid, type: 1 }, en.petMissing);
    await other.isRefused(2331, { petid }, en.petMissing);
  });

  it('is lost when the pet has become another meanwhile', async () => {
    await trainer.grant({ pets: [15001, 15001, 15001, 15001, 15001], character: { coin: 10_000 } });
    await trainer.does(2330, { petid, type: 1 });
    const food = (await trainer.owned()).pets.map(({ id }) => id).filter((id) => id !== petid);
    for (const tpetid of food) await trainer.does(3505, { petid, tpetid });
    const grown = (await trainer.owned()).pets;
    assert.deepEqual(
      grown.map(({ id, templateID }) => [id, templateID]),
      [[petid, 15002]],
    );
    await trainer.isRefused(2331, { petid }, en.nothingTrained);
    assert.deepEqual((await trainer.owned()).pets, grown);
  });

  it('is not to be had without scrolls', async () => {
    await trainer.does(2330, { petid, type: 3 });
    await trainer.isRefused(2330, { petid, type: 3 }, en.notEnoughMaterial);
  });
});
