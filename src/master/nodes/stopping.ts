/** How a node is stopped: asked over its link or by a signal, given the time that its config allows, and killed after that. */
import type { ClusterConfig } from '../../config/config';
import type { Child } from '../../distributed/child';
import type { Logger } from '../../log/log';
import { NODE } from '../../server/nodewire';
import { GRACE_MS } from '../operations/deadlines';
import type { NodeProcess } from './nodeprocess';

export interface StoppingOptions {
  readonly config: ClusterConfig;
  readonly childOf: (name: string) => Child | undefined;
  readonly log: Logger;
}

export class Stopping {
  readonly #config: ClusterConfig;
  readonly #childOf: (name: string) => Child | undefined;
  readonly #log: Logger;

  constructor({ config, childOf, log }: StoppingOptions) {
    this.#config = config;
    this.#childOf = childOf;
    this.#log = log;
  }

  /** Stops it for good. Settles when it has ended, or when nothing more can be done about it from here. */
  async stop(node: NodeProcess): Promise<void> {
    const { name, supervise } = node.node;
    const deadline = supervise.shutdownMs + GRACE_MS;
    node.stopping();
    this.askNode(node);
    const ended = () => !node.isOurs && !this.#childOf(name);
    if (await node.waitFor(ended, deadline)) return;
    if (node.isOurs) {
      this.#log.error(`${name} did not stop in time and is killed`);
      node.kill('SIGKILL');
      await node.waitFor(() => !node.isOurs, deadline);
    } else {
      this.#log.error(`${name}, process ${node.pid}, did not stop in time; it was not started here: end it by hand`);
    }
  }

  /** Asks a node to stop; one that does not hear it gets the signal. */
  askNode(node: NodeProcess): void {
    const child = this.#childOf(node.node.name);
    const signal = () => node.kill('SIGTERM');
    if (child) this.askChild(child, signal);
    else signal();
  }

  /** @param unheard runs when there was no answer that it has stopped */
  askChild(child: Child, unheard = () => {}): void {
    child.call(NODE.stop, [], { timeoutMs: this.#config.nodes[child.name]?.supervise.shutdownMs ?? 0 }).catch((error: unknown) => {
      this.#log.debug({ error }, `${child.name} did not answer that it has stopped`);
      unheard();
    });
  }
}
