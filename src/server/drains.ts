/**
 * Drains under way: nodes that nothing new is given to, and from which this node moves away what it has there.
 *
 * How things are moved is the game's business (`doChildDrain` of its root). A node that is drained itself takes no new clients, and counts those it has.
 */
import type { Drain } from '../distributed/drain';
import type { Logger } from '../log/log';
import type { NodeGlobals } from './globalobject';
import type { DrainReport } from './nodewire';

interface Underway {
  readonly ending: AbortController;
  left: number;
  isOver: boolean;
  note: string | undefined;
}

export class Drains {
  readonly #name: string;
  readonly #globals: NodeGlobals;
  readonly #log: Logger;
  readonly #underway = new Map<string, Underway>();

  constructor(name: string, globals: NodeGlobals, log: Logger) {
    this.#name = name;
    this.#globals = globals;
    this.#log = log;
  }

  /** @param forGood the node does not come back by itself: what cannot be moved has to end */
  begin(node: string, forGood: boolean): void {
    if (this.#underway.has(node)) return;
    const { remote, root, netfactory } = this.#globals;
    remote[node]?.setDraining(true);
    if (node === this.#name) {
      netfactory?.stopAccepting();
      return;
    }
    const child = root?.childsmanager.getChildByName(node);
    if (!root || !child) return;
    const underway: Underway = { ending: new AbortController(), left: 0, isOver: false, note: undefined };
    this.#underway.set(node, underway);
    root.childsmanager.setDraining(node, forGood);
    const drain: Drain = {
      forGood,
      signal: underway.ending.signal,
      report: (left, note) => Object.assign(underway, { left, note }),
    };
    void this.#run(async () => root.doChildDrain(child, drain), node, underway);
  }

  end(node: string): void {
    this.#globals.remote[node]?.setDraining(false);
    this.#globals.root?.childsmanager.setDraining(node, undefined);
    this.#underway.get(node)?.ending.abort();
    this.#underway.delete(node);
  }

  report(node: string): DrainReport {
    if (node === this.#name) return { left: this.#own(), isOver: false };
    const { left, isOver, note } = this.#underway.get(node) ?? { left: 0, isOver: true };
    return { left, isOver, ...(note === undefined ? {} : { note }) };
  }

  async #run(hook: () => Promise<unknown>, node: string, underway: Underway): Promise<void> {
    try {
      await hook();
    } catch (error) {
      this.#log.error({ error, node }, `moving away what ${node} has failed`);
      underway.note = error instanceof Error ? error.message : String(error);
    }
    underway.isOver = true;
  }

  /** What this node has itself: clients of a net node, sessions of a gate. */
  #own(): number {
    const { netfactory, node } = this.#globals;
    return netfactory ? netfactory.connmanager.getNowConnCnt() : (node.sessions?.size ?? 0);
  }
}
