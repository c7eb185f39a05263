/** The tools that play the sample game: bots over TCP and WebSocket, and the game by hand in a terminal, at a real cluster. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { type Project, variantOf } from '../../helpers/project';

const TOOLS = join(__dirname, '../../../tools');
const WS_PORT = 11010;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the tools that play the sample game', () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = variantOf('config.json', { servers: { net: { wsport: WS_PORT } } });
    cluster = await startCluster(project.path('config.json'));
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    project?.[Symbol.dispose]();
  });

  const run = (tool: string, ...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { ...process.env, FIREFLY_PORT_OFFSET: String(cluster.offset) };
      execFile(process.execPath, [join(TOOLS, tool), ...args], { env, timeout: 120_000 }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });

  const BRIEFLY = ['--bots', '3', '--minutes', '0.2', '--think', '5', '--acts', '20', '--ramp', '10'];

  for (const [name, ...where] of [['tcp'], ['ws', '--websocket', '--port', String(WS_PORT)]]) {
    it(`bots play whole sessions over ${name}, and every request is answered`, async () => {
      const { code, stdout, stderr } = await run('bots/bots.js', ...BRIEFLY, ...where, '--name', `bot${name}`);
      assert.equal(code, 0, `${stdout}${stderr}`);
      const counts = new Map(
        Array.from(stdout.matchAll(/^ *(\w+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)/gm), ([, command, ...numbers]) => [
          command,
          numbers.map(Number),
        ]),
      );
      const [requests = 0, done = 0, refused = 0, failed, lost] = counts.get('all') ?? [];
      assert.ok(requests > 100, stdout);
      assert.equal(done + refused, requests);
      assert.deepEqual([failed, lost], [0, 0]);
      for (const command of ['101', '102', '103', '4500', '4501']) assert.ok((counts.get(command)?.[1] ?? 0) > 0, `${command}\n${stdout}`);
    });
  }

  it('bots do every command when an operator gives them what they need', async () => {
    const { stdout, stderr } = await run(
      'bots/bots.js',
      ...['--bots', '6', '--minutes', '0.5', '--think', '40', '--name', 'given', '--operator', '2012', '--gifts', '12'],
    );
    const lines = Array.from(stdout.matchAll(/^ *(\w+) +\d+ +(\d+) +\d+ +\d+ +(\d+) /gm));
    const done = new Map(lines.map(([, command, count]) => [command, Number(count)]));
    // So many changes of the same few players at once: one may be told to try again, and nobody goes without an answer.
    for (const [line, command, , lost] of lines) assert.equal(lost, '0', `${command}: ${line}${stderr}`);
    assert.doesNotMatch(stderr, /as new/);
    // What comes of gifts alone: compounding, hatching, training for a scroll, feeding an item.
    for (const command of ['2116', '2330', '2331', '212', 'addItem', 'addGold', 'addExp'])
      assert.ok((done.get(command) ?? 0) > 0, `${command}\n${stdout}`);
  });

  it('bots that find nobody end with 1 and say how many tries were in vain', async () => {
    const { code, stdout } = await run('bots/bots.js', '--bots', '1', '--minutes', '0.03', '--port', '1');
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^ *101 +\d+ +0 +0 +0 +[1-9]/m);
  });

  it('bots with an option that is none end with 2', async () => {
    const { code, stderr } = await run('bots/bots.js', '--bots', 'many');
    assert.equal(code, 2);
    assert.match(stderr, /--bots <n>.*a whole number is needed|a number from 1 is needed/);
  });

  it('the game by hand shows a fight blow by blow, and what the hero has then', async () => {
    const { code, stdout, stderr } = await run(
      'play/play.js',
      '--username',
      'byhand',
      '--password',
      'byhand',
      '--blow',
      '0',
      '--do',
      'hero; fight; hero; bag; dance; quit',
    );
    assert.equal(code, 0, stderr);
    const [before, after] = Array.from(stdout.matchAll(/^ {2}coin (\d+) /gm), ([, coins]) => Number(coins));
    const won = Number(/^Won: \d+ experience, (\d+) coins/m.exec(stdout)?.[1]);
    assert.equal(before, 10_000, stdout);
    assert.ok(won > 0, stdout);
    assert.equal(after, 10_000 + won);
    assert.match(stdout, /byhand: Long Shot\n {4}Cellar Rat -\d+ {2}\[\.{10}\] 0\/2 {2}falls/);
    assert.match(stdout, /"dance" means nothing here/);
  });

  it('the game by hand says what is wrong with a password, and ends with 1', async () => {
    const { code, stderr } = await run('play/play.js', '--username', 'byhand', '--password', 'wrong', '--do', 'quit');
    assert.equal(code, 1);
    assert.match(stderr, /the game said no to command 101: psd_error/);
  });
});
