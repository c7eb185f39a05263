/** Whether a handler's result comes later. One of the game's own may throw or settle twice: make a promise of it before relying on it. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
