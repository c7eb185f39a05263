/** This node's view of the game's settings, texts and log. The only file of the game that knows where the framework keeps them. */
import { GlobalObject } from 'firefly-ts';
import type { TextKey } from './refused';
import { readSettings, type Settings } from './settings';
import { en } from './texts/en';
import { zh } from './texts/zh';

export function gameSettings(): Settings {
  return readSettings(GlobalObject().config.game);
}

/** A text in the language of this cluster. */
export function text(key: TextKey, detail = ''): string {
  const message = (gameSettings().language === 'zh' ? zh : en)[key];
  return detail ? `${message}: ${detail}` : message;
}

export function gameLog() {
  return GlobalObject().log;
}
