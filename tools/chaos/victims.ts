/** What is killed and frozen: nodes of the cluster, which the master brings back, and servers beside it, which come back here. */
import { isAlive } from '../lib/processes';
import type { Service } from '../lib/serverprocess';
import { type Bank, GAMES } from './bank';

export type Kind = 'game' | 'dbfront' | 'memcached' | 'mariadb';
export type Action = 'kill' | 'freeze';

export interface Victim {
  readonly name: string;
  readonly kind: Kind;
  kill(): Promise<void>;
  freeze(): Promise<void>;
  /** Makes it go on: after a freeze it runs again, after a kill it is started. */
  restore(action: Action): Promise<void>;
  /** Whether it serves. */
  isUp(): Promise<boolean>;
}

export function victimsOf(bank: Bank): Victim[] {
  const nodes = [...GAMES.map((name) => nodeOf(bank, name, 'game')), nodeOf(bank, 'dbfront', 'dbfront')];
  const services = Object.entries(bank.stores.services).map(([name, service]) => serverOf(name as Kind, service));
  return [...nodes, ...services];
}

function nodeOf({ cluster }: Bank, name: string, kind: Kind): Victim {
  let frozen: number | undefined;
  const state = async () => (await cluster.status().catch(() => undefined))?.nodes[name];
  return {
    name,
    kind,
    kill: async () => void (await cluster.kill(name)),
    freeze: async () => {
      frozen = await cluster.kill(name, 'SIGSTOP');
    },
    restore: async (action) => {
      // The master may have ended it meanwhile.
      if (action === 'freeze' && frozen !== undefined && isAlive(frozen)) process.kill(frozen, 'SIGCONT');
      frozen = undefined;
    },
    isUp: async () => {
      const node = await state();
      return node?.state === 'ready' && node.pid !== undefined && isAlive(node.pid);
    },
  };
}

function serverOf(kind: Kind, service: Service): Victim {
  let isUp = true;
  return {
    name: kind,
    kind,
    kill: async () => {
      isUp = false;
      await service.kill();
    },
    freeze: async () => {
      isUp = false;
      await service.freeze();
    },
    restore: async (action) => {
      if (action === 'kill') await service.revive();
      else service.thaw();
      isUp = true;
    },
    isUp: async () => isUp,
  };
}
