/**
 * Planned work on nodes: restarts that nobody notices, one node after the other, and nodes that leave when they are empty.
 *
 * A restart first moves away what can be moved, then lets all others hold what they would send, and lets them go on when the node is ready again.
 */

import type { NodeProcess } from '../nodes/nodeprocess';
import { GRACE_MS } from './deadlines';
import { cureOf, type Fleet, isClientFront, peersAnswer, unlessAborted } from './fleet';
import { Holding, whenLinked } from './holding';
import { Moving } from './moving';
import type { Progress } from './operations';
import type { Turns } from './turns';

export class Rolling {
  readonly #fleet: Fleet;
  #draining: string | undefined;
  #at: string | undefined;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** The node that is being left with nothing to do now. */
  get draining(): string | undefined {
    return this.#draining;
  }

  /** The node whose holds and drains go on now. */
  get at(): string | undefined {
    return this.#at;
  }

  /**
   * Restarts nodes, each when the one before is ready. Whatever can be seen to stand in the way of one of them does so before the first.
   *
   * @throws Error at the first that does not come back, or not in time for what waited for it
   */
  async restart({ names, leftOut }: Turns, progress: Progress): Promise<void> {
    for (const line of leftOut) progress.line(line);
    if (names.length > 1) await this.#checkAll(names, progress);
    for (const name of names) {
      progress.signal.throwIfAborted();
      await this.#restart(name, progress);
      progress.nodeDone();
    }
  }

  /** Starts a node that was drained, given up or has ended. @throws Error when it does not get ready */
  async start(name: string, progress: Progress): Promise<void> {
    const node = this.#fleet.process(name);
    if (node.state === 'ready') {
      // Kept running from here on, as one that is started.
      node.start();
      progress.line(`${name} runs already, process ${node.pid}${node.trouble === undefined ? '' : `, but ${node.trouble}`}`);
    } else await this.#startNode(node, progress);
    progress.nodeDone();
  }

  /** Leaves a node without anything to do, and ends it. It stays away until it is started. @throws Error when it ends before */
  async drain(name: string, deadlineMs: number, progress: Progress): Promise<void> {
    const node = this.#fleet.process(name);
    const { pid } = node;
    if (pid === undefined) throw new Error(`${name} does not run`);
    const moving = new Moving(this.#fleet, name, progress);
    const holding = new Holding(this.#fleet, name, progress);
    const { isKept } = node;
    node.plan('away');
    this.#draining = name;
    this.#at = name;
    try {
      progress.step(`${name} is given nothing new; what it has is moved or ends, within ${Math.round(deadlineMs / 1000)} s`);
      const left = await moving.run(true, deadlineMs, () => node.pid === pid);
      if (node.pid !== pid)
        throw new Error(`${name} ended before it was empty: ${node.exits.at(-1)?.reason}; it stays away until it is started`);
      progress.line(left === 0 ? `${name} is empty` : `${name} leaves at the deadline with ${left} left`);
      await holding.begin(this.#lifeMs(node));
      await this.#stop(node, progress);
      progress.line(`${name} has ended and stays away until it is started`);
      progress.nodeDone();
    } catch (error) {
      // It runs on, and is looked after as before.
      if (node.pid === pid) node.plan(undefined);
      if (node.pid === pid && isKept) node.start();
      else if (node.pid === pid) node.expect();
      throw error;
    } finally {
      this.#draining = undefined;
      this.#at = undefined;
      await holding.letGo();
      await moving.end();
    }
  }

  /** Has a node that was given up tried no more. @throws Error when a process of it does not end */
  async putAway(name: string, progress: Progress): Promise<void> {
    const node = this.#fleet.process(name);
    const { pid } = node;
    node.plan('away');
    node.kill('SIGTERM');
    const ended = node.waitFor((it) => pid === undefined || it.pid !== pid, this.#lifeMs(node));
    if (!(await unlessAborted(progress.signal, ended))) throw new Error(`${name}, process ${pid}, does not end; end it by hand`);
    progress.line(`${name} is tried no more and stays away until it is started`);
    progress.nodeDone();
  }

  async #restart(name: string, progress: Progress): Promise<void> {
    const node = this.#fleet.process(name);
    if (node.pid === undefined) {
      progress.line(`${name} does not run; it is started`);
      await this.#startNode(node, progress);
      return;
    }
    await this.#check(node, progress);
    const moving = new Moving(this.#fleet, name, progress);
    const holding = new Holding(this.#fleet, name, progress);
    const isHeld = !isClientFront(name, this.#fleet.config);
    this.#at = name;
    try {
      progress.step(`${name}: the process that takes over loads its code`);
      await unlessAborted(progress.signal, node.prepare());
      if (isHeld) {
        progress.step(`${name}: what can be moved is moved`);
        const left = await moving.run(false, this.#fleet.config.limits.drainMs, () => true);
        if (left > 0) progress.line(`${left} stay with ${name}: what they ask for waits until it is back`);
        progress.step(`${name}: calls to it are held`);
        await holding.begin(this.#lifeMs(node));
      } else {
        progress.step(`${name} tells its clients that it restarts, and closes them`);
      }
      await this.#stop(node, progress);
      // One that died meanwhile, and that its policy would leave alone.
      node.start();
      await this.#whenReady(node, progress);
      if (!isHeld) return;
      const ended = await holding.goOn();
      if (ended > 0)
        throw new Error(
          `${name} is back, but too late for ${ended} calls (limit holdMs = ${this.#fleet.config.limits.holdMs}); see what kept it`,
        );
    } finally {
      this.#at = undefined;
      node.dismiss();
      if (isHeld) await holding.letGo();
      await moving.end();
    }
  }

  async #checkAll(names: readonly string[], progress: Progress): Promise<void> {
    progress.step('looks whether all are there');
    const nodes = names.map((name) => this.#fleet.process(name));
    await Promise.all(nodes.filter(({ pid }) => pid !== undefined).map((node) => this.#check(node, progress)));
  }

  /** @throws Error when the node cannot be restarted as it is, or would not get ready again */
  async #check(node: NodeProcess, progress: Progress): Promise<void> {
    const { name } = node.node;
    if (!node.isByMaster || !node.isKept)
      throw new Error(`${name}, process ${node.pid}, was started by hand: restart it where it was started`);
    if (node.state !== 'ready') await this.#whenReady(node, progress);
    await unlessAborted(progress.signal, peersAnswer(this.#fleet, name));
  }

  /** Nobody gives it anything before all have their link with it: a push through a gate that has not met the net nodes yet would be lost. */
  async #startNode(node: NodeProcess, progress: Progress): Promise<void> {
    const { name } = node.node;
    const moving = new Moving(this.#fleet, name, progress);
    this.#at = name;
    if (node.state !== 'ready') await moving.avoid(node.node.supervise.readyMs);
    try {
      node.start();
      await this.#whenReady(node, progress);
      await unlessAborted(progress.signal, whenLinked(this.#fleet, name, progress));
    } finally {
      this.#at = undefined;
      await moving.end();
    }
  }

  /** The longest that a restart of a node may take. */
  #lifeMs({ node: { supervise } }: NodeProcess): number {
    return supervise.shutdownMs + GRACE_MS + supervise.readyMs + GRACE_MS;
  }

  /** Ends the process of a node; settles when it is gone. A planned end is not counted by the restart policy. */
  async #stop(node: NodeProcess, progress: Progress): Promise<void> {
    const { name, supervise } = node.node;
    const { pid } = node;
    progress.step(`${name}, process ${pid}, stops`);
    if (pid === undefined || node.state !== 'ready') {
      progress.line(`${name} has ended by itself meanwhile: ${node.exits.at(-1)?.reason}`);
      return;
    }
    node.plan(node.isKept ? 'restart' : 'away');
    this.#fleet.askToStop(name);
    const isGone = () => node.pid !== pid;
    const gone = (ms: number) => unlessAborted(progress.signal, node.waitFor(isGone, ms));
    if (await gone(supervise.shutdownMs + GRACE_MS)) return;
    progress.line(`${name} did not stop within ${supervise.shutdownMs} ms and is killed`);
    node.kill('SIGKILL');
    if (!(await gone(GRACE_MS * 5))) throw new Error(`${name}, process ${pid}, does not end; end it by hand`);
  }

  async #whenReady(node: NodeProcess, progress: Progress): Promise<void> {
    const { name, supervise } = node.node;
    progress.step(`${name} starts`);
    const isSettled = (it: NodeProcess) => it.state === 'ready' || it.state === 'failed';
    await unlessAborted(progress.signal, node.waitFor(isSettled, supervise.readyMs));
    if (node.state === 'ready') {
      progress.line(`${name}, process ${node.pid}, is ready`);
      return;
    }
    const when = node.state === 'failed' ? '' : ` within ${supervise.readyMs} ms`;
    throw new Error(`${name} was not ready${when}: ${node.trouble ?? node.unwanted}; ${cureOf(node)}`);
  }
}
