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

describe('an operation that has a name', () => {
  const shown = (answer: HttpAnswer) => [answer.status, answer.text.trim()];
  const DONE = '{"result":true,"again":false}';
  const AGAIN = '{"result":true,"again":true}';
  let carl: PlaygroundPlayer;
  before(async () => {
    carl = await game.enter('carlos');
  });

  it('is made once, also when it is asked for three times at one moment', async () => {
    const give = () => operate('addGold', { amount: 70, id: 'ticket 1' }, 'carlos');
    const answers = await Promise.all([give(), give(), give()]);
    assert.deepEqual(answers.map(({ text }) => text.trim()).sort(), [DONE, AGAIN, AGAIN]);
    assert.deepEqual(shown(await give()), [200, AGAIN]);
    assert.equal((await carl.owned()).character.gold, 70);
    assert.equal((await records()).filter(({ username }) => username === 'carlos').length, 1);
  });

  it('says that it is made although the game would say no to another one like it', async () => {
    const fill = (id: string) => operate('addItem', { template: 10150001, count: 24, id }, 'carlos');
    assert.deepEqual(shown(await fill('ticket 2')), [200, DONE]);
    assert.deepEqual(shown(await fill('ticket 2')), [200, AGAIN]);
    assert.equal((await fill('ticket 3')).status, 409);
    assert.equal((await carl.owned()).items.length, 24);
  });

  it('that was refused may be asked for again, and is made when the game says yes', async () => {
    const fill = () => operate('addItem', { template: 10150001, count: 1, id: 'ticket 4' }, 'carlos');
    assert.equal((await fill()).status, 409);
    const [worn] = await carl.idsOf(10150001);
    await carl.does(210, { itemid: worn });
    assert.deepEqual(shown(await fill()), [200, DONE]);
  });

  it('is refused when that name was another operation, or is none', async () => {
    const before = await carl.owned();
    for (const [answer, status, message] of [
      [await operate('addGold', { amount: 71, id: 'ticket 1' }, 'carlos'), 409, /id: this operation was another one/],
      [await operate('addCoins', { amount: 70, id: 'ticket 1' }, 'carlos'), 409, /another one/],
      [await operate('addGold', { amount: 70, id: 'ticket 1' }, 'adele'), 409, /another one/],
      [await operate('addGold', { amount: 70, id: '' }, 'carlos'), 400, /id: must be there once, with 1 to 64/],
      [await operate('addGold', { amount: 70, id: 'x'.repeat(65) }, 'carlos'), 400, /id: must be/],
    ] as const) {
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, message);
    }
    assert.deepEqual(await carl.owned(), before);
  });

  it('gives energy up to what a character can have', async () => {
    const { cityid } = (await carl.does(4500, { index: 0 })).data as { cityid: number };
    await carl.does(4501, { zjid: cityid });
    const energy = async () => (await carl.owned()).character.energy;
    const before = await energy();
    assert.deepEqual(shown(await operate('addEnergy', { amount: 30, id: 'ticket 5' }, 'carlos')), [200, DONE]);
    assert.deepEqual([before, await energy()], [29, 30]);
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
    assert.deepEqual((await get('/statistics')).json(), { reg_cnt: 5, role_cnt: 4, fu_cnt: 1, income: 1200 });
  });

  it('is known again although there would be no room for its gold twice', async () => {
    const { gold: has } = (await payer.owned()).character;
    const rest = 99_999_999 - Number(has);
    assert.deepEqual((await pay('order of much', rest)).json(), { result: true, again: false });
    assert.deepEqual((await pay('order of much', rest)).json(), { result: true, again: true });
    assert.equal((await pay('order of more', 1)).status, 409);
    await payer.grant({ gold: -rest });
    assert.equal(await gold(), 120);
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
        return newest?.createrole === 4 ? newest : undefined;
      },
      'count of the day with its four roles',
      60_000,
    );
    assert.equal(day.loginuser, 5);
    assert.ok(Number(day.high) >= 1);
    assert.equal(day.pay_cnt, 1);
    assert.equal(day.pay_goal, 1800);
  });
});
