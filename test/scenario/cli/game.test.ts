/** The game of a new user, without the clone: it boots, answers, takes new code while it runs, and stops. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { killAll, processesWith } from '../../../tools/lib/processes';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { claimPorts } from '../../helpers/ports';
import { newGame, packInto, run } from './newuser';

describe('a new game', () => {
  const user = mkdtempSync(join(tmpdir(), 'firefly-user-'));
  let game = '';

  before(async () => {
    game = await newGame(user, join(user, await packInto(user)));
  });
  after(() => rmSync(user, { recursive: true, force: true }));

  it('is checked, started, asked, changed while it runs, looked at and stopped', async () => {
    await using ports = await claimPorts([9998, 9999, 10000, 11009]);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_TEST_GAME: game };
    const firefly = (...args: readonly string[]) => run(game, 'node_modules/.bin/firefly', args, env);
    const build = () => run(game, 'npm', ['run', '--silent', 'build']);
    try {
      await build();
      assert.match(await firefly('check'), /step {2}node/);
      assert.match(await firefly('start', '--detach'), /the cluster is ready/);
      await using player = await connectClient({ port: 11009 + ports.offset, header: ZERO_HEADER });
      const answer = JSON.parse((await player.request(100, 'Ada')).text);
      assert.deepEqual(answer, { greeting: 'Hello, Ada!', visits: 1 });
      const shown = await run(game, 'npm', ['run', '--silent', 'client', '--', '100', 'Ada'], env);
      assert.equal(shown, '{"greeting":"Hello, Ada!","visits":2}\n');
      assert.match(await firefly('status'), /4 of 4 nodes ready/);
      const checked = await firefly('check');
      assert.match(checked, /is valid, and its cluster runs\n[\s\S]*master is process \d+, 4 of 4 nodes ready/);
      assert.doesNotMatch(checked, /in use|stop what listens/, 'its ports are its own');

      const greet = join(game, 'app/game/greet.ts');
      writeFileSync(greet, readFileSync(greet, 'utf8').replace('Hello', 'Welcome'));
      await build();
      await firefly('reload');
      assert.equal(JSON.parse((await player.request(100, 'Ada')).text).greeting, 'Welcome, Ada!');

      assert.match(await firefly('stop'), /the cluster has stopped/);
      assert.deepEqual(processesWith('FIREFLY_TEST_GAME', game), []);
    } finally {
      await killAll(() => processesWith('FIREFLY_TEST_GAME', game));
    }
  });
});
