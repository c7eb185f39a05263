/**
 * Handlers by number: what a client's frame is dispatched to.
 *
 * A target is a function whose name ends in `_<number>`, or one registered with its number. A catch-all, registered as `'*'`, gets what has no target.
 */
import { Service, type ServiceOptions } from './service';
import type { Target } from './target';

/** Numbers are what fits the frame's u32. */
const MAX_COMMAND = 0xffff_ffff;

/** The catch-all's place in the table; no frame can carry it. */
const CATCH_ALL = -1;

export class CommandService extends Service<number> {
  /** @param options `serial`: see `ServiceOptions` */
  constructor(name: string, options: ServiceOptions = {}) {
    super(name, options);
  }

  /** Registers the target that gets every command without one, as `(command, ...arguments)`. */
  mapCatchAll<T extends Target>(target: T): T {
    return super.mapTarget(target, CATCH_ALL);
  }

  protected override fresh(): CommandService {
    return new CommandService(this.name, this.options);
  }

  protected override keyOf(target: Target): number {
    return commandOf(target.name);
  }

  protected override resolve(command: number): Target | undefined {
    const target = super.resolve(command);
    if (target || command === CATCH_ALL) return target;
    const catchAll = super.resolve(CATCH_ALL);
    return catchAll && ((...args: never[]) => catchAll(command as never, ...args));
  }
}

/** @throws TypeError when the name does not end in a command's number */
export function commandOf(name: string): number {
  const digits = /_(\d+)$/.exec(name)?.[1];
  const command = digits === undefined ? Number.NaN : Number(digits);
  if (!(command <= MAX_COMMAND)) {
    throw new TypeError(`${name || 'an unnamed function'}: a command's name must end in _<number>, 0 to ${MAX_COMMAND}`);
  }
  return command;
}
