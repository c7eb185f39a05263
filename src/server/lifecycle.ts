/** What a handler module says about its own life: state that outlasts it, timers that end with it, hooks at its start and end. */
import { describePlace, placeOfCaller } from '../services/target';
import { GlobalObject } from './globalobject';

/**
 * Returns the object of that name, made by `init` at the first call. It survives reloads, not the process.
 *
 * @param name unique in the node
 */
export function state<T>(name: string, init: () => T): T {
  const { states } = GlobalObject().node;
  if (!states.has(name)) states.set(name, init());
  return states.get(name) as T;
}

/**
 * Runs `fn` each time the module was loaded, awaited: at the start before the node is ready, when links and stores are up; in a reload before the
 * new code takes over. A rejection fails the start, or the reload, which changes nothing then. For tables that come from the database.
 *
 * What it registers, or asks timers of, belongs to the code that runs meanwhile: let it fill tables of its own module.
 */
export function onLoad(fn: () => unknown): void {
  GlobalObject().node.generation.onLoad(fn);
}

/** Runs `fn` once a process, when links and stores are up and before the node is ready; awaited. A rejection fails the start. */
export function onStart(fn: () => unknown): void {
  GlobalObject().node.generation.onStart(fn, describePlace(placeOfCaller()));
}

/** Runs `fn` when newer code takes over or the node stops. */
export function onUnload(fn: () => unknown): void {
  GlobalObject().node.generation.onUnload(fn, fileOfCaller());
}

/** Calls `fn` every `ms` milliseconds; ends with the code that asked for it. @returns a function that stops it */
export function every(ms: number, fn: () => unknown): () => void {
  return GlobalObject().node.generation.every(ms, fn, fileOfCaller());
}

/** Calls `fn` once after `ms` milliseconds, unless the code that asked is replaced before. @returns a function that cancels it */
export function after(ms: number, fn: () => unknown): () => void {
  return GlobalObject().node.generation.after(ms, fn, fileOfCaller());
}

/** Who asks for a timer or a hook matters only where reloads leave some modules alone. */
function fileOfCaller(): string | undefined {
  return GlobalObject().node.isPartial ? placeOfCaller().file : undefined;
}
