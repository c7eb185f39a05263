/** What the game says, in the language of the tests' clusters. */
import type { TextKey } from '../../../app/share/refused';
import { en } from '../../../app/share/texts/en';

export function gameText(key: TextKey): string {
  return en[key];
}
