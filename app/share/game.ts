/** This node's view of the game's settings, texts and log. The only file of the game that knows where the framework keeps them. */
import { GlobalObject } from 'firefly-ts';
import type { TextKey } from './refused';
import { readSettings, type Settings } from './settings';
import { en } from './texts/en';
import { zh } from './texts/zh';

/** Read while the module loads, so that a mistake in them stops the start, or the reload, and no request. */
const settings = readSettings(GlobalObject().config.game);

export function gameSettings(): Settings {
  return settings;
}

/** A text in the language of this cluster. */
export function text(key: TextKey, detail = ''): string {
  const message = (gameSettings().language === 'zh' ? zh : en)[key];
  return detail ? `${message}: ${detail}` : message;
}

export function gameLog() {
  return GlobalObject().log;
}
