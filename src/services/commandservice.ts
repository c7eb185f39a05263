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

  /**
   * Registers a target under its number.
   *
   * @param command 0 to 4294967295; the number that the function's name ends in when left out
   * @throws DuplicateTarget when the number is taken, TypeError when it is no command's number
   */
  override mapTarget<T extends Target>(target: T, command: number = this.keyOf(target)): T {
    if (!(Number.isInteger(command) && command >= 0 && command <= MAX_COMMAND)) {
      throw new TypeError(`service ${this.name}: a command is a whole number, 0 to ${MAX_COMMAND}, not ${command}`);
    }
    return super.mapTarget(target, command);
  }

  /** Registers the target that gets every command without one, as `(command, ...arguments)`. */
  mapCatchAll<T extends Target>(target: T): T {
    return super.mapTarget(target, CATCH_ALL);
  }

  override countedAs(command: number): number | '*' | undefined {
    return super.countedAs(command) ?? (this.getTarget(CATCH_ALL) ? '*' : undefined);
  }

  /** The numbers that have a target; the catch-all has none. */
  override keys(): number[] {
    return super.keys().filter((command) => command !== CATCH_ALL);
  }

  protected override fresh(): CommandService {
    return new CommandService(this.name, this.options);
  }

  protected override keyOf(target: Target): number {
    return commandOf(target.name);
  }

  protected override callMissing(command: number, args: readonly unknown[]): unknown {
    const catchAll = this.getTarget(CATCH_ALL);
    return catchAll ? this.run(catchAll, [command, ...args], args[0]) : super.callMissing(command, args);
  }
}

/** @throws TypeError when the name does not end in a command's number */
function commandOf(name: string): number {
  const digits = /_(\d+)$/.exec(name)?.[1];
  const command = digits === undefined ? Number.NaN : Number(digits);
  if (!(command <= MAX_COMMAND)) {
    throw new TypeError(`${name || 'an unnamed function'}: a command's name must end in _<number>, 0 to ${MAX_COMMAND}`);
  }
  return command;
}
