/** A request that the game says no to. Thrown by rules and handlers, turned into the client's answer by `answering`. */
import { en } from './texts/en';

export type TextKey = keyof typeof en;

export class Refused extends Error {
  /** @param key a text in the player's language, or one of the keys that clients translate themselves */
  constructor(
    readonly key: TextKey,
    readonly detail = '',
  ) {
    super(`${en[key]}${detail && `: ${detail}`}`);
    this.name = 'Refused';
  }
}
