/**
 * Drains under way: nodes that nothing new is given to, and from which this node moves away what it has there.
 *
 * What a root moves is the game's business (`doChildDrain`); a net node moves its clients to another root by itself. A node that is drained itself takes no new
 * clients; the one that writes tables brings the database up to date, so that it stops quickly.
 */
import { MAX_TIMER_MS } from '../../config/timers';
import type { Drain } from '../../distributed/drain';
import type { Logger } from '../../log/log';
import { messageOf } from '../../thrown';
import type { NodeGlobals } from '../globalobject';
import type { DrainReport } from '../nodewire';
import { moveClients } from '../sessions/sessionmoves';

export interface DrainOrder {
  /** The node does not come back by itself: what cannot be moved has to end. */
  readonly forGood: boolean;
  /** It is over by then: a master that is gone cannot say so. */
  readonly lifeMs: number;
  /** What the node has is moved away; otherwise it only gets nothing new. */
  readonly moves: boolean;
}

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
  readonly #lives = new Map<string, NodeJS.Timeout>();

  constructor(name: string, globals: NodeGlobals, log: Logger) {
    this.#name = name;
    this.#globals = globals;
    this.#log = log;
  }

  begin(node: string, { forGood, lifeMs, moves }: DrainOrder): void {
    this.end(node);
    this.#lives.set(
      node,
      setTimeout(() => this.end(node), Math.min(lifeMs, MAX_TIMER_MS)),
    );
    const { remote, root, netfactory } = this.#globals;
    remote[node]?.setDraining(forGood);
    if (node === this.#name && forGood && moves) netfactory?.stopAccepting();
    // Also one that is not there: it is about to be started, and is chosen when that is done.
    if (node !== this.#name && !remote[node]) root?.childsmanager.setDraining(node, forGood);
    const work = moves ? this.#workOn(node, forGood) : undefined;
    if (!work) return;
    const underway: Underway = { ending: new AbortController(), left: 0, isOver: false, note: undefined };
    this.#underway.set(node, underway);
    const report = (left: number, note?: string) => Object.assign(underway, { left, note });
    void this.#run(() => work({ forGood, signal: underway.ending.signal, report }), node, underway);
  }

  end(node: string): void {
    const { netfactory } = this.#globals;
    if (node === this.#name)
      netfactory?.acceptAgain().catch((error: unknown) => this.#log.error({ error }, `${node} cannot take new clients again; restart it`));
    clearTimeout(this.#lives.get(node));
    this.#lives.delete(node);
    this.#globals.remote[node]?.setDraining(false);
    this.#globals.root?.childsmanager.setDraining(node, undefined);
    this.#underway.get(node)?.ending.abort();
    this.#underway.delete(node);
  }

  /** @param but goes on */
  endAll(but: string): void {
    for (const node of [...this.#lives.keys()]) if (node !== but) this.end(node);
  }

  report(node: string): DrainReport {
    const { left, isOver, note } = this.#underway.get(node) ?? { left: 0, isOver: true };
    const clients = node === this.#name ? (this.#globals.netfactory?.connmanager.getNowConnCnt() ?? 0) : 0;
    return { left: left + clients, isOver, ...(note === undefined ? {} : { note }) };
  }

  /** What this node has to do about it. */
  #workOn(node: string, forGood: boolean): ((drain: Drain) => unknown) | undefined {
    const { remote, root, netfactory, node: own } = this.#globals;
    if (node === this.#name) {
      const { sql } = own;
      // Only the writer can migrate: it is the one that flushes.
      return sql?.migrate && !forGood ? () => sql.flush() : undefined;
    }
    const from = remote[node];
    if (from && netfactory && forGood && own.roots?.includes(from)) {
      const { roots } = own;
      return (drain) => moveClients({ factory: netfactory, roots, log: this.#log }, from, drain);
    }
    const child = root?.childsmanager.getChildByName(node);
    return child && root ? (drain) => root.doChildDrain(child, drain) : undefined;
  }

  async #run(work: () => unknown, node: string, underway: Underway): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log.error({ error, node }, `moving away what ${node} has failed`);
      underway.note = messageOf(error);
    }
    underway.isOver = true;
  }
}
