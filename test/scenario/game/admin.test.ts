/** What operators do: operations on characters, payments, and the count of the day. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { signatureOf } from '../../../app/admin/recharge/rules';
import { en } from '../../../app/share/texts/en';
import { connectClient } from '../../helpers/client';
import { type HttpAnswer, http } from '../../helpers/http';
import { type Playground, type PlaygroundPlayer, startPlayground } from './playground';

const SECRET = 'what only the shop and the game know';

let game: Playground;
let ada: PlaygroundPlayer;
before(async () => {
  process.env.GAME_RECHARGE_SECRET = SECRET;
  game = await startPlayground();
  ada = await game.enter('adele');
});
after(() => game[Symbol.asyncDispose]());

const get = (path: string) => http({ port: game.cluster.port(2012), path });
const post = (path: string, fields: Record<string, string | number>): Promise<HttpAnswer> =>
  http({
    port: game.cluster.port(2012),
    path,
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)])).toString(),
  });
const operate = (operation: string, fields: Record<string, string | number> = {}, username = 'adele') =>
  post('/opera', { username, operation, ...fields });

interface Written {
  readonly username: string;
  readonly characterId: number;
  readonly operation: string;
  readonly details: string;
}
const records = async () => (await get('/operations')).json() as Written[];

describe('an operation on a character', () => {
  it('changes a player who is in the game', async () => {
    // Its game node knows the lists from here on: they must not be what it goes on to show.
    assert.deepEqual((await ada.does(204)).data, { itemlist: [] });
    assert.deepEqual((await ada.does(2300)).data, { petlist: [] });
    for (const [operation, fields] of [
      ['addCoins', { amount: 500 }],
      ['addGold', { amount: 70 }],
      ['addExp', { amount: 217 }],
      ['addItem', { template: 42004026, count: 3 }],
      ['addPet', { template: 15001 }],
    ] as const) {
      const answer = await operate(operation, fields);
      assert.deepEqual([answer.status, answer.text], [200, 'Success'], operation);
    }
    const shown = async (command: number, list: string) => {
      const { data = {} } = await ada.does(command);
      return (data[list] as { tempid: number }[]).map(({ tempid }) => tempid);
    };
    assert.deepEqual(await shown(204, 'itemlist'), [42004026]);
    assert.deepEqual(await shown(2300, 'petlist'), [15001]);
    const { character, items, pets } = await ada.owned();
    assert.deepEqual([character.coin, character.gold, character.exp, character.level], [10_500, 70, 217, 1]);
    assert.ok(items.some(({ itemTemplateId, stack }) => itemTemplateId === 42004026 && stack === 3));
    assert.deepEqual(
      pets.map(({ templateID }) => templateID),
      [15001],
    );
    await operate('setLevel', { level: 12 });
    assert.equal((await ada.does(105)).data?.level, 12);
  });

  it('is written down, each one', async () => {
    assert.deepEqual(
      (await records()).reverse().map(({ username, characterId, operation, details }) => [username, characterId, operation, details]),
      [
        ['adele', ada.characterId, 'addCoins', 'amount=500'],
        ['adele', ada.characterId, 'addGold', 'amount=70'],
        ['adele', ada.characterId, 'addExp', 'amount=217'],
        ['adele', ada.characterId, 'addItem', 'template=42004026 count=3'],
        ['adele', ada.characterId, 'addPet', 'template=15001'],
        ['adele', ada.characterId, 'setLevel', 'level=12'],
      ],
    );
  });

  it('that is refused has changed nothing, and is not in the records', async () => {
    const before = await ada.owned();
    const client = await connectClient({ port: game.cluster.port(11009) });
    await client.request(101, { username: 'roleless', password: 'roleless' });
    await client.close();
    for (const [answer, status, message] of [
      [await operate('addCoins', { amount: 1 }, 'nobody'), 404, 'Account does not exist!!!'],
      [await operate('addCoins', { amount: 1 }, 'roleless'), 404, 'Role does not exist!!!'],
      [await operate('addCoins', { amount: -1 }), 400, /amount/],
      [await operate('eval', {}), 400, /operation: must be one of/],
      [await operate('addItem', { template: 5, count: 1 }), 409, /There is no such item/],
      [await operate('addPet', { template: 5 }), 409, /There is no such pet/],
      [await operate('addItem', { template: 10150001, count: 999 }), 409, /Your package is full/],
      [await get('/opera?username=adele&operation=addCoins&amount=1'), 405, /POST/],
    ] as const) {
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, message instanceof RegExp ? message : new RegExp(message));
    }
    assert.deepEqual(await ada.owned(), before);
    assert.equal((await records()).length, 6);
  });

  it('bans an account: its session ends, and it may come back when the ban is lifted', async () => {
    const bob = await game.enter('boris');
    assert.equal((await operate('ban', {}, 'boris')).text, 'Success');
    await bob.client.closed;
    const login = async () => {
      const client = await connectClient({ port: game.cluster.port(11009), deadlineMs: 30_000 });
      const answer = JSON.parse((await client.request(101, { username: 'boris', password: 'boris' })).text);
      await client.close();
      return answer;
    };
    assert.deepEqual(await login(), { result: false, message: 'fenghao', data: {} });
    assert.equal((await operate('unban', {}, 'boris')).text, 'Success');
    assert.equal((await login()).result, true);
  });
});

describe('a payment', () => {
  let uid: number;
  before(async () => {
    const client = await connectClient({ port: game.cluster.port(11009) });
    uid = Number(JSON.parse((await client.request(101, { username: 'payer1', password: 'payer1' })).text).data.userId);
    await client.close();
    payer = await game.enter('payer1');
  });
  let payer: PlaygroundPlayer;
  const pay = (orderid: string, zuan = 60, more: Record<string, string | number> = {}) => {
    const payment = { orderid, uid, rbm: 600, zuan };
    return post('/recharge', { ...payment, sign: signatureOf(payment, SECRET), ...more });
  };
  const gold = async () => (await payer.owned()).character.gold;

  it('brings its gold once, however often it is told', async () => {
    const answers = await Promise.all([pay('order 1'), pay('order 1'), pay('order 1')]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(answers.map((answer) => (answer.json() as { again: boolean }).again).sort(), [false, true, true]);
    assert.equal(await gold(), 60);
    assert.deepEqual((await pay('order 1')).json(), { result: true, again: true });
    assert.deepEqual((await pay('order 2')).json(), { result: true, again: false });
    assert.equal(await gold(), 120);
    assert.deepEqual((await get('/statistics')).json(), { reg_cnt: 4, role_cnt: 3, fu_cnt: 1, income: 1200 });
  });

  it('is refused when it is another one under the same order, is not signed, or has no place', async () => {
    for (const [answer, status, message] of [
      [await pay('order 1', 61), 409, /another payment/],
      [await pay('order 3', 60, { zuan: 600 }), 403, /sign/],
      [await pay('order 3', 60, { sign: 'x' }), 403, /sign/],
      [await pay('order 3', 60, { sign: '' }), 400, /sign/],
      [await pay('order 3', 99_999_999), 409, new RegExp(en.goldFull)],
      [await get('/recharge'), 405, /POST/],
    ] as const) {
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, message);
    }
    assert.equal(await gold(), 120);
    const payment = { orderid: 'order 4', uid: 999_999, rbm: 600, zuan: 60 };
    assert.equal((await post('/recharge', { ...payment, sign: signatureOf(payment, SECRET) })).status, 409);
  });
});

describe('the count of the day', () => {
  it('has who logged in, who was made, and the most who played at once', async () => {
    const day = await game.cluster.waitFor(
      async () => {
        const [newest] = (await get('/dayrecored?index=1')).json() as Record<string, unknown>[];
        return newest?.createrole === 3 ? newest : undefined;
      },
      'count of the day with its three roles',
      60_000,
    );
    assert.equal(day.loginuser, 4);
    assert.ok(Number(day.high) >= 1);
    assert.equal(day.pay_cnt, 1);
    assert.equal(day.pay_goal, 1200);
  });
});
