/**
 * Handlers by name: what a call from another node is dispatched to.
 *
 * Knows no socket and no session. A table can be copied without the registrations of some files, which is what a reload does.
 */
import { DuplicateTarget, NoSuchTarget } from '../errors';
import { SessionQueue } from './sessionqueue';
import { describePlace, placeOfCaller, type Registered, type Target } from './target';

export interface ServiceOptions {
  /** Hold a session's later messages back while one of its handlers is pending. The session is the first argument. */
  readonly serial?: boolean;
}

export class Service<Key extends string | number = string> {
  readonly #targets = new Map<Key, Registered>();
  readonly #quiet = new Set<Key>();
  #sessions: SessionQueue | undefined;

  constructor(
    readonly name: string,
    readonly options: ServiceOptions = {},
  ) {
    this.#sessions = options.serial ? new SessionQueue(`service ${name}`) : undefined;
  }

  /**
   * Registers a target.
   *
   * @param key what callers name; the function's own name when left out
   * @returns the target, so that a module can export what it registers
   * @throws DuplicateTarget when the key is taken, naming both places
   */
  mapTarget<T extends Target>(target: T, key: Key = this.keyOf(target)): T {
    const place = placeOfCaller();
    const taken = this.#targets.get(key);
    if (taken) throw new DuplicateTarget(this.name, key, describePlace(taken), describePlace(place));
    this.#targets.set(key, { target, ...place });
    return target;
  }

  /** Removes a target, if it is the one that is registered. */
  unMapTarget(target: Target): void {
    for (const [key, registered] of this.#targets) if (registered.target === target) this.#targets.delete(key);
  }

  unMapTargetByKey(key: Key): void {
    this.#targets.delete(key);
  }

  getTarget(key: Key): Target | undefined {
    return this.#targets.get(key)?.target;
  }

  /** The name under which calls of a key are counted; nothing when no handler takes them. */
  countedAs(key: Key): Key | '*' | undefined {
    return this.#targets.has(key) ? key : undefined;
  }

  keys(): Key[] {
    return [...this.#targets.keys()];
  }

  /** From now on calls of this key get no line in the log. */
  addUnDisplayTarget(key: Key): void {
    this.#quiet.add(key);
  }

  /** Whether calls of this key get a line in the log, at level `debug`. */
  isDisplayed(key: Key): boolean {
    return !this.#quiet.has(key);
  }

  /**
   * Runs the target of a key and returns what it returns.
   *
   * @throws NoSuchTarget when there is none, QueueFull when a serial service holds too much of the session back, and whatever the target throws
   */
  callTarget(key: Key, ...args: readonly unknown[]): unknown {
    return this.call(key, args);
  }

  /** `callTarget` with the arguments as a list. */
  call(key: Key, args: readonly unknown[]): unknown {
    const registered = this.#targets.get(key);
    return registered ? this.run(registered.target, args, args[0]) : this.callMissing(key, args);
  }

  /** A service of the same kind with the registrations that `keep` accepts. Sessions keep their order across both: what runs here holds back what comes there. */
  copy(keep: (registered: Registered) => boolean): this {
    const copy = this.fresh();
    copy.#sessions = this.#sessions;
    for (const [key, registered] of this.#targets) if (keep(registered)) copy.#targets.set(key, registered);
    for (const key of this.#quiet) copy.#quiet.add(key);
    return copy as this;
  }

  /** Goes on with the order of sessions that another service kept, when both are serial. */
  inherit(from: Service<Key>): void {
    if (this.#sessions && from.#sessions) this.#sessions = from.#sessions;
  }

  /** Messages that wait behind earlier ones of their session, when the service is serial. */
  get waiting(): number {
    return this.#sessions?.waiting ?? 0;
  }

  protected fresh(): Service<Key> {
    return new Service<Key>(this.name, this.options);
  }

  protected keyOf(target: Target): Key {
    if (!target.name) throw new TypeError(`service ${this.name}: a function without a name needs one to be called by`);
    return target.name as Key;
  }

  protected run(target: Target, args: readonly unknown[], session: unknown): unknown {
    if (!this.#sessions) return target(...(args as never[]));
    return this.#sessions.exclusive(session, () => target(...(args as never[])));
  }

  /** What a call of a key without target does. */
  protected callMissing(key: Key, _args: readonly unknown[]): unknown {
    throw new NoSuchTarget(this.name, key);
  }
}
