/** `firefly start` and what belongs to it, typed on a real cluster. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { killAll, processesWith } from '../../../tools/lib/processes';
import { ByHand } from '../../helpers/byhand';
import { type CommandResult, firefly } from '../../helpers/command';
import { claimPorts } from '../../helpers/ports';
import { twoGames } from '../../helpers/project';

const COMMAND = 'src/management/firefly.js';
const PORTS = [9998, 9999, 10000, 10001];

/** A place for one cluster of `twoGames`: ports and a data folder. What is left there is killed at the end. */
class Place implements AsyncDisposable {
  readonly data = mkdtempSync(join(tmpdir(), 'firefly-cli-'));

  private constructor(
    readonly project: ReturnType<typeof twoGames>,
    readonly ports: Awaited<ReturnType<typeof claimPorts>>,
  ) {}

  static async make(overrides?: Readonly<Record<string, string>>): Promise<Place> {
    return new Place(twoGames(overrides), await claimPorts(PORTS));
  }

  get config(): string {
    return this.project.path('config.json');
  }

  get env() {
    return { FIREFLY_PORT_OFFSET: String(this.ports.offset), FIREFLY_DATA_DIR: this.data };
  }

  get processes(): number[] {
    return processesWith('FIREFLY_DATA_DIR', this.data);
  }

  firefly(...args: readonly string[]): Promise<CommandResult> {
    return firefly(this.config, this.env, ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killAll(() => this.processes);
    await this.ports[Symbol.asyncDispose]();
    this.project[Symbol.dispose]();
    rmSync(this.data, { recursive: true, force: true });
  }
}

describe('firefly start', () => {
  it('runs the cluster in its terminal, until firefly stop: it says which node has stopped', async () => {
    await using place = await Place.make();
    await using run = new ByHand([COMMAND, '--config', place.config, 'start'], place.env);
    await run.waitForLine(/^firefly-ts: 5 processes/, 60_000);
    const status = await place.firefly('status');
    assert.match(status.text, /^firefly-ts \S+, up \d+ s, 4 of 4 nodes ready$/m);
    assert.equal(status.exit, 0);
    const { exit, text } = await place.firefly('stop');
    assert.equal(exit, 0, text);
    assert.match(text, /^the cluster is stopping\n(\w+ has stopped\n)*the cluster has stopped\n$/);
    assert.equal(await run.ended(), 0);
    assert.deepEqual(place.processes, []);
    assert.equal((await place.firefly('status')).exit, 3);
  });

  it('ends in order at SIGTERM, like the master that it is', async () => {
    await using place = await Place.make();
    await using run = new ByHand([COMMAND, '--config', place.config, 'start'], place.env);
    await run.waitForLine(/^firefly-ts: 5 processes/, 60_000);
    run.process.kill('SIGTERM');
    assert.equal(await run.ended(30_000), 0);
    assert.deepEqual(place.processes, []);
  });
});

describe('firefly start --detach', () => {
  it('comes back when the cluster is ready, names its output, and refuses a second one', async () => {
    await using place = await Place.make();
    const started = await place.firefly('start', '--detach');
    assert.equal(started.exit, 0, started.text);
    const log = join(place.data, 'logs/cluster.log');
    assert.match(started.text, /the cluster is ready: master is process \d+, output in (.*)\n$/);
    assert.ok(started.text.includes(log), started.text);
    assert.match(readFileSync(log, 'utf8'), /^firefly-ts: 5 processes/m);
    assert.equal(statSync(log).mode & 0o077, 0, 'for its owner alone');

    const again = await place.firefly('start', '--detach');
    assert.deepEqual([again.exit, again.text], [1, 'firefly: a master answers there already; firefly status shows its nodes\n']);
    assert.equal((await place.firefly('stop')).exit, 0);
    assert.deepEqual(place.processes, []);
  });

  it('says of a node that cannot start what it said, and ends with 1', async () => {
    await using place = await Place.make({ 'app/game.ts': "throw new Error('no map of the world');\n" });
    place.project.configure({ supervise: { intensity: 1, periodMs: 60_000 } });
    const { exit, text } = await place.firefly('start', '--detach');
    assert.equal(exit, 1, text);
    assert.match(text, /no map of the world/);
    assert.match(text, /^firefly: not ready: .*game1 \((failed|exited|starting)\)/m);
    assert.match(text, /firefly stop ends it$/m);
    assert.equal((await place.firefly('stop')).exit, 0);
    assert.deepEqual(place.processes, []);
  });

  it('shows why a master refuses to start, and ends with its exit code', async () => {
    await using place = await Place.make();
    const stranger = createServer();
    stranger.listen(9999 + place.ports.offset, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const { exit, text } = await place.firefly('start', '--detach');
      assert.equal(exit, 2, text);
      assert.match(text, /master\.rootport is \d+, which is in use/);
      assert.deepEqual(place.processes, []);
    } finally {
      stranger.close();
    }
  });

  it('starts nothing from a config with a mistake', async () => {
    await using place = await Place.make();
    place.project.configure({ limits: { leaseMs: 'long' } });
    const { exit, text } = await place.firefly('start', '--detach');
    assert.equal(exit, 2);
    assert.match(text, /limits\.leaseMs/);
    assert.ok(!existsSync(join(place.data, 'logs')));
  });
});

describe('firefly single', () => {
  it('runs one node, which joins the cluster, and ends it at SIGTERM', async () => {
    await using place = await Place.make();
    await using master = new ByHand(['startmaster.js', '--config', place.config, 'master'], place.env);
    await using gate = new ByHand([COMMAND, '--config', place.config, 'single', 'gate'], place.env);
    await gate.waitForLine(/ready/, 60_000);
    assert.match((await place.firefly('status')).text, /^gate +ready/m);
    gate.process.kill('SIGTERM');
    assert.equal(await gate.ended(30_000), 0);
    master.process.kill('SIGTERM');
    assert.equal(await master.ended(30_000), 0);
  });

  it('names the nodes there are when it is given another', async () => {
    await using place = await Place.make();
    const { exit, text } = await place.firefly('single', 'gaet');
    assert.equal(exit, 2);
    assert.match(text, /there is no node gaet; its nodes are gate, net, game1, game2/);
  });
});

describe('firefly status --watch', () => {
  it('shows the nodes again and again, also while the cluster goes away', async () => {
    await using place = await Place.make();
    assert.equal((await place.firefly('start', '--detach')).exit, 0);
    await using watch = new ByHand([COMMAND, '--config', place.config, 'status', '--watch', '0.2'], place.env);
    await watch.waitForLine(/4 of 4 nodes ready/);
    assert.equal((await place.firefly('stop')).exit, 0);
    await watch.waitForLine(/no master answers at/);
    watch.process.kill('SIGINT');
    assert.equal(await watch.ended(), 'SIGINT');
  });
});
