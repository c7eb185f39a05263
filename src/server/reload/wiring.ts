/**
 * Everything that loading a handler module can change in a node, as one value that can be taken, put back and renewed.
 *
 * A reload loads against renewed wiring, keeps what came out, and puts the old wiring back at once; taking over is one assignment.
 */
import type { CommandService } from '../../services/commandservice';
import { Service } from '../../services/service';
import type { Place } from '../../services/target';
import type { NodeGlobals } from '../globalobject';
import { Generation } from './generation';

interface Slot<T> {
  read(): T;
  write(value: T): void;
  /** What a load starts from. */
  renew(value: T, keep: (place: Place) => boolean): T;
}

/** The values of all slots at one moment. */
export type Wired = readonly unknown[];

export class Wiring {
  readonly #slots: readonly Slot<unknown>[];

  /**
   * Remembers the wiring as it is now, before any module is loaded: what a full reload starts from.
   *
   * @param partial a reload loads only a part of the node's modules, so hooks and replaced objects of the rest stay
   */
  constructor(globals: NodeGlobals, partial: boolean) {
    this.#slots = slotsOf(globals, partial);
  }

  take(): Wired {
    return this.#slots.map((slot) => slot.read());
  }

  put(wired: Wired): void {
    for (const [index, slot] of this.#slots.entries()) slot.write(wired[index]);
  }

  /** The wiring to load against: registrations that `keep` accepts and, in a full reload, the hooks of a fresh node. */
  renewed(wired: Wired, keep: (place: Place) => boolean): Wired {
    return this.#slots.map((slot, index) => slot.renew(wired[index], keep));
  }

  /** Takes over, and lets services go on with the order of sessions that their predecessors had. */
  replace(before: Wired, next: Wired): void {
    for (const [index, value] of next.entries()) {
      const old = before[index];
      if (value instanceof Service && old instanceof Service) value.inherit(old);
    }
    this.put(next);
  }
}

function slotsOf(globals: NodeGlobals, partial: boolean): Slot<unknown>[] {
  const services = [globals.root, globals.netfactory, globals.masterremote, ...Object.values(globals.remote)].flatMap((owner) =>
    owner ? [serviceSlot(owner as { service: Service | CommandService })] : [],
  );
  const slots: Slot<unknown>[] = [
    ...services,
    property(globals, 'localservice', renewService),
    property(globals, 'webroot', (table, keep) => table.copy((place) => place === undefined || keep(place))),
    property(globals, 'config', (config) => config),
    hook(globals, 'stophandler', partial),
    hook(globals, 'reloadmodule', true),
    property(globals.node, 'generation', () => new Generation()),
  ];
  const { netfactory, root } = globals;
  if (netfactory) {
    for (const key of ['doConnectionMade', 'doConnectionLost', 'doClosing', 'errorEncoder', 'protocol'] as const)
      slots.push(hook(netfactory, key, partial));
  }
  if (root) for (const key of ['doChildConnect', 'doChildLostConnect', 'doChildDrain'] as const) slots.push(hook(root, key, partial));
  const { leases } = globals.node;
  if (leases) for (const key of ['wanted', 'lost'] as const) slots.push(hook(leases, key, partial));
  const { sessions } = globals.node;
  if (sessions) for (const key of ['lost', 'moved'] as const) slots.push(hook(sessions, key, partial));
  return slots;
}

function serviceSlot(owner: { service: Service | CommandService }): Slot<unknown> {
  return property(owner, 'service', renewService);
}

function renewService<S extends Service | CommandService>(service: S, keep: (place: Place) => boolean): S {
  return service.copy(keep) as S;
}

function hook<T extends object, K extends keyof T>(owner: T, key: K, partial: boolean): Slot<unknown> {
  const initial = owner[key];
  return property(owner, key, (value) => (partial ? value : initial));
}

function property<T extends object, K extends keyof T>(
  owner: T,
  key: K,
  renew: (value: T[K], keep: (place: Place) => boolean) => T[K],
): Slot<unknown> {
  return {
    read: () => owner[key],
    write: (value) => {
      owner[key] = value as T[K];
    },
    renew: (value, keep) => renew(value as T[K], keep),
  };
}
