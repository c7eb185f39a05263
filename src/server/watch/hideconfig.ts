/** A part of the config as an operator may see it: whatever its key calls a secret is not shown, however deep it lies. Pure. */
import { HIDDEN, hideUserinfo, soundsSecret } from '../../log/redact';

/** What lies deeper is not shown. */
const MAX_DEPTH = 20;

export function hideConfig(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return hideUserinfo(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => hideConfig(item, depth + 1));
  const shown = ([key, item]: [string, unknown]) => [key, soundsSecret(key) && item !== undefined ? HIDDEN : hideConfig(item, depth + 1)];
  return Object.fromEntries(Object.entries(value).map(shown));
}
