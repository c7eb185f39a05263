/** What the login path of the sample game promises, whatever stores are below: run by a test file for each. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectClient, connectRaw, encodeFrame, type Frame, GAME_HEADER, type GameClient } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';

/** A config to boot, and a look into its database while no cluster runs. */
export interface GameStores extends AsyncDisposable {
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the cluster's files: the journal, and databases that lie there. */
  readonly dataDir: string;
  rows(sql: string): Promise<Record<string, unknown>[]>;
}

interface Reply {
  readonly result: boolean;
  readonly message?: string;
  readonly data?: Record<string, unknown>;
}

/** A captured login of the original client: user and password chenee. */
const LOGIN = Buffer.concat([
  Buffer.from('4e25263009000000000000002e00000065', 'hex'),
  Buffer.from('{"password":"chenee","username":"chenee"}\n'),
]);

const reply = (frame: Frame): Reply => JSON.parse(frame.text);
const play = (cluster: Cluster, onPush?: (frame: Frame) => void) =>
  connectClient({ port: cluster.port(11009), header: GAME_HEADER, ...(onPush ? { onPush } : {}) });
const ask = async (player: GameClient, command: number, request: object): Promise<Reply> => reply(await player.request(command, request));

/** Logs in, creates the role when there is none, enters. @returns the role's id */
async function enter(player: GameClient, name: string): Promise<number> {
  const login = await ask(player, 101, { username: name, password: name });
  assert.equal(login.result, true, JSON.stringify(login));
  let characterId = Number(login.data?.characterId);
  if (!login.data?.hasRole) {
    const created = await ask(player, 102, { userId: login.data?.userId, rolename: name, profession: 1 });
    assert.equal(created.result, true, JSON.stringify(created));
    characterId = Number(created.data?.newCharacterId);
  }
  const entered = await ask(player, 103, { userId: login.data?.userId, characterId });
  assert.equal(entered.result, true, JSON.stringify(entered));
  return characterId;
}

export function gameScenario(stores: string, open: () => Promise<GameStores>): void {
  const boot = ({ config, env, dataDir }: GameStores) => startCluster(config, { env, dataDir });

  describe(`the sample game on ${stores}`, () => {
    it("answers an original client's bytes, and three requests in one segment in order", async () => {
      await using game = await open();
      await using cluster = await boot(game);
      const client = await connectRaw({ port: cluster.port(11009), header: GAME_HEADER });
      client.raw(LOGIN);
      const login = await client.receive(101);
      const { result, data } = reply(login);
      assert.equal(result, true);
      assert.equal(typeof data?.userId, 'number');
      assert.equal(data?.hasRole, false);
      client.raw(
        Buffer.concat([
          encodeFrame(102, { userId: data?.userId, rolename: 'chenee', profession: 1 }, GAME_HEADER),
          encodeFrame(103, { userId: data?.userId, characterId: 1000001 }, GAME_HEADER),
          encodeFrame(105, { characterId: 1000001 }, GAME_HEADER),
        ]),
      );
      const answers = [await client.receive(), await client.receive(), await client.receive()];
      assert.deepEqual(
        answers.map(({ command }) => command),
        [102, 103, 105],
      );
      const [created, entered, status] = answers.map(reply);
      assert.equal(created?.data?.newCharacterId, 1000001);
      assert.equal(entered?.data?.cid, 1000001);
      assert.equal(entered?.data?.coin, 10_000);
      assert.equal(status?.data?.rolename, 'chenee');
      await client.close();
    });

    for (const end of ['GET /stop', 'SIGTERM'] as const) {
      it(`has the rows in the database after ${end}`, async () => {
        await using game = await open();
        await using cluster = await boot(game);
        const player = await play(cluster);
        const characterId = await enter(player, 'keeper');
        if (end === 'SIGTERM') process.kill(cluster.pid, 'SIGTERM');
        else await cluster.get('/stop');
        assert.equal(await cluster.whenExited(), 0);
        assert.deepEqual(cluster.processes(), []);
        const [character] = await game.rows('SELECT id, nickname, coin FROM tb_character');
        assert.deepEqual({ ...character }, { id: characterId, nickname: 'keeper', coin: 10_000 });
        const [account] = await game.rows('SELECT username, password, characterId FROM tb_register');
        assert.equal(account?.characterId, characterId);
        assert.match(String(account?.password), /^scrypt\$/);
        await player.close();
      });
    }

    it('gives a name to one role only, and of one that is refused nothing stays behind', async () => {
      await using game = await open();
      await using cluster = await boot(game);
      const first = await play(cluster);
      await enter(first, 'wanted');
      const second = await play(cluster);
      const login = await ask(second, 101, { username: 'second', password: 'second' });
      const create = (rolename: string) => ask(second, 102, { userId: login.data?.userId, rolename, profession: 1 });
      assert.equal((await create('wanted')).result, false);
      const created = await create('another');
      assert.equal(created.result, true, JSON.stringify(created));
      assert.equal((await create('third')).result, false, 'one has a role');
      await first.close();
      await second.close();
      await cluster.stop();
      const characters = await game.rows('SELECT id, nickname FROM tb_character ORDER BY id');
      assert.deepEqual(
        characters.map(({ nickname }) => nickname),
        ['wanted', 'another'],
      );
      const owners = await game.rows('SELECT characterId FROM tb_register ORDER BY id');
      assert.deepEqual(
        owners.map(({ characterId }) => characterId),
        characters.map(({ id }) => id),
      );
    });

    it('knows the account again after a restart, and its password', async () => {
      await using game = await open();
      let characterId: number;
      {
        await using cluster = await boot(game);
        const player = await play(cluster);
        characterId = await enter(player, 'again');
        await player.close();
        await cluster.stop();
      }
      await using cluster = await boot(game);
      const player = await play(cluster);
      const wrong = await ask(player, 101, { username: 'again', password: 'wrong' });
      assert.equal(wrong.result, false);
      assert.equal(await enter(player, 'again'), characterId);
      await player.close();
    });

    it('pushes 905 to the old connection when an account logs in again, and goes on with the new one', async () => {
      await using game = await open();
      await using cluster = await boot(game);
      const pushes: Frame[] = [];
      const first = await play(cluster, (frame) => pushes.push(frame));
      const characterId = await enter(first, 'twice');
      const second = await play(cluster);
      assert.equal((await ask(second, 101, { username: 'twice', password: 'nope1' })).result, false);
      assert.equal(first.isOpen, true, 'a wrong password disturbs nobody');
      assert.equal(await enter(second, 'twice'), characterId);
      await first.closed;
      assert.deepEqual(
        pushes.map(({ command }) => command),
        [905],
      );
      assert.equal((await ask(second, 105, { characterId })).result, true);
      await second.close();
    });

    it('answers every request of a client, also what is wrong with it', async () => {
      await using game = await open();
      await using cluster = await boot(game);
      const player = await play(cluster);
      for (const [command, payload] of [
        [101, 'no json'],
        [101, '{"username":5,"password":[]}'],
        [102, '{}'],
        [103, '{"characterId":1}'],
        [105, '{}'],
        [2, '{}'],
        [99, '{}'],
        [601, '{}'],
        [4711, ''],
      ] as const) {
        const answer = await ask(player, command, payload as never);
        assert.equal(answer.result, false, `${command} ${payload}`);
        assert.equal(typeof answer.message, 'string', `${command} ${payload}`);
      }
      assert.ok(await enter(player, 'polite'));
      await player.close();
    });

    it('serves a connection on after gate, game and dbfront were killed, without a new login', async () => {
      await using game = await open();
      await using cluster = await boot(game);
      const player = await play(cluster);
      const characterId = await enter(player, 'steady');
      for (const node of ['gate', 'game1', 'dbfront']) {
        await cluster.kill(node);
        await cluster.waitFor(async () => (await cluster.status()).nodes[node]?.restarts === 1, `restart of ${node}`);
        await cluster.whenReady(['dbfront', 'gate', 'game1', 'net']);
        const answer = await cluster.waitFor(async () => {
          const status = await ask(player, 105, { characterId });
          return status.result ? status : undefined;
        }, `answer to 105 after the end of ${node}`);
        assert.equal(answer.data?.rolename, 'steady');
      }
      await player.close();
    });

    it('shows its figures on the admin node', async () => {
      await using game = await open();
      await using cluster = await boot(game);
      const player = await play(cluster);
      await enter(player, 'counted');
      await player.close();
      const statistics = await fetch(`http://127.0.0.1:${cluster.port(2012)}/statistics`);
      assert.deepEqual(await statistics.json(), { reg_cnt: 1, role_cnt: 1, fu_cnt: 0, income: 0 });
      const days = await fetch(`http://127.0.0.1:${cluster.port(2012)}/dayrecored?index=1`);
      assert.deepEqual(await days.json(), []);
    });
  });
}
