/** The static data with names in the language of this cluster. Asked for anew by each request, so nothing of it outlives a reload. */
import { GAME_DATA, type GameData } from '../data/gamedata';
import { gameSettings } from '../share/game';

export function gameData(): GameData {
  return GAME_DATA[gameSettings().language];
}
