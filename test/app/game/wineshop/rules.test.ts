import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../../app/game/random';
import { buy, freshShop, OFFERS, SOLD, shopAt } from '../../../../app/game/wineshop/rules';
import { DATA, refuses, row } from '../data';
import { rolls } from '../dice';

const quality = (id: number) => row(DATA.pets, id).quality;

describe('the wine shop', () => {
  it('offers pets of the quality that is drawn', () => {
    const { offers } = freshShop(0, DATA.pets, rolls(99_901, 0, 85_001, 23, 50_000, 5));
    assert.deepEqual(offers.map(quality), [4, 3, 1]);
    assert.equal(offers[0], 15004);
  });

  it('has the same offers for half an hour, then others', () => {
    const random = SeededRandom.from(1);
    const shop = shopAt(undefined, 1000, DATA.pets, random);
    assert.equal(shop.offers.length, OFFERS);
    assert.equal(shopAt(shop, 2799, DATA.pets, random), shop);
    assert.equal(shopAt(shop, 2800, DATA.pets, random).since, 2800);
  });

  it('sells each pet once', () => {
    const shop = { offers: [15001, 15006, 15011], since: 0 };
    const bought = buy(shop, 2, { coin: 4800, pets: 0 }, DATA.pets);
    assert.deepEqual([bought.template.id, bought.price, bought.shop.offers], [15006, 4800, [15001, SOLD, 15011]]);
    refuses('petMissing', () => buy(bought.shop, 2, { coin: 4800, pets: 0 }, DATA.pets));
  });

  it('sells to nobody who cannot pay or has no room, and nothing that it does not have', () => {
    const shop = { offers: [15001, 15006, 15011], since: 0 };
    refuses('notEnoughCoins', () => buy(shop, 1, { coin: 599, pets: 0 }, DATA.pets));
    refuses('petsFull', () => buy(shop, 1, { coin: 600, pets: 10 }, DATA.pets));
    refuses('petMissing', () => buy(shop, 4, { coin: 600, pets: 0 }, DATA.pets));
  });
});
