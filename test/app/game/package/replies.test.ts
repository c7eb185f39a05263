import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributesOf } from '../../../../app/game/character/attributes';
import { fragmentsReply, targetReply } from '../../../../app/game/compounding/replies';
import { resultOf } from '../../../../app/game/compounding/rules';
import { equipmentReply } from '../../../../app/game/equipment/replies';
import { detailsReply, packageReply } from '../../../../app/game/package/replies';
import { DATA, row } from '../data';
import { itemRow } from '../itemrow';

const BLADE = row(DATA.items, 10150001);
const SHARD = row(DATA.items, 53000001);

describe('the answer about items', () => {
  it('to 204 has exactly these fields, and leaves out what is gone from the data', () => {
    const there = [itemRow(7, BLADE.id, { exp: 4 }), itemRow(8, 1), itemRow(9, SHARD.id, { stack: 3 })];
    assert.deepEqual(packageReply(there, DATA.items), {
      result: true,
      message: '',
      data: {
        itemlist: [
          { itemid: 7, icon: 2, tempid: 10150001, stack: 1, exp: 4 },
          { itemid: 9, icon: 6000, tempid: 53000001, stack: 3, exp: 0 },
        ],
      },
    });
  });

  it('to 211 has exactly these fields, with how far the item is strengthened', () => {
    assert.deepEqual(detailsReply(itemRow(7, BLADE.id, { strengthen: 2 }), BLADE), {
      result: true,
      message: '',
      data: {
        itemid: 7,
        icon: 2,
        itemname: BLADE.name,
        itemdesc: BLADE.description,
        tempid: 10150001,
        qlevel: 2,
        attack: 5,
        fangyu: 0,
        minjie: 0,
        tili: 0,
        price: 3430,
        stack: 1,
        qh: 1,
      },
    });
  });

  it('to 203 has the experience of an item where each client looks for it', () => {
    const worn = [{ slot: 1, item: itemRow(7, BLADE.id, { exp: 4 }) }];
    assert.deepEqual(equipmentReply(worn, attributesOf(row(DATA.professions, 1), 1), DATA.items), {
      result: true,
      message: '',
      data: { equip: [{ pos: 1, item: { itemid: 7, icon: 2, tempid: 10150001, exp: 4 }, exp: 4 }], attack: 40, fangyu: 6, minjie: 45 },
    });
  });

  it('to 205 shows an item that nobody has yet', () => {
    const { data } = targetReply(resultOf(SHARD.id, DATA.items)) as { data: { hcprice: number; iteminfo: Record<string, unknown> } };
    assert.equal(data.hcprice, 1000);
    assert.deepEqual([data.iteminfo.itemid, data.iteminfo.tempid, data.iteminfo.qh], [0, 51000001, 0]);
  });

  it('to 2109 has exactly these fields', () => {
    assert.deepEqual(fragmentsReply([{ id: 9, templateId: SHARD.id, stack: 3 }], DATA.items), {
      result: true,
      message: '',
      data: { itemlist: [{ itemid: 9, icon: 6000, tempid: 53000001, stack: 3 }] },
    });
  });
});
