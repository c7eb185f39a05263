/** An act: a few requests that belong together. It decides on what the answers say. */
import type { Bot, Data } from '../bot';

export type Act = (bot: Bot) => Promise<void>;

/** A list of an answer's data; empty when there is none, or no answer. */
export function listIn(data: Data | undefined, name: string): readonly Data[] {
  return (data?.[name] ?? []) as readonly Data[];
}
