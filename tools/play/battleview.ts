/** A battle report as lines to read, one a blow. Pure. */
import type { BattleReport, HitEntry, StartEntry } from '../../app/game/battle/report';

const BAR = 10;
const BUFF_HURTS = -1;

/** Who fights, before the first blow. */
export function lineUp({ startData }: BattleReport): string[] {
  const side = (direction: 1 | 2) => startData.filter(({ chaDirection }) => chaDirection === direction).map(unitLine);
  return [...side(1), '    against', ...side(2)];
}

/** A blow and what it did to each whom it met. @param skillName undefined for a skill that the data does not know */
export function blows(report: BattleReport, skillName: (skill: number) => string | undefined): string[][] {
  const units = new Map(report.startData.map((unit) => [unit.chaBattleId, unit]));
  return report.stepData.map(({ chaBattleId, skill, enemyChaArr }) => {
    const attacker = units.get(chaBattleId);
    const head = chaBattleId === BUFF_HURTS ? '  what clings to them hurts' : `  ${nameOf(attacker)}: ${skillName(skill) ?? 'a blow'}`;
    return [head, ...enemyChaArr.map((hit) => hitLine(hit, units.get(hit.enemyBattleId)))];
  });
}

/** How it ended, and what it brought. */
export function outcome({ battleResult, setData: { coin, exp, item } }: BattleReport, itemName: (template: number) => string): string[] {
  if (battleResult !== 1) return ['Lost. Grow stronger, and try again.'];
  const gains = [`${exp} experience`, `${coin} coins`, ...item.map(itemName)];
  return [`Won: ${gains.join(', ')}.`];
}

function unitLine({ chaName, chaLevel, chaCurrentHp, chaTotalHp, chaPos }: StartEntry): string {
  return `  ${chaPos}  ${chaName}, level ${chaLevel}  ${bar(chaCurrentHp, chaTotalHp)}`;
}

function hitLine({ enemyChangeHp, enemyCurrentHp, enemyTotalHp, enemyBuff }: HitEntry, unit: StartEntry | undefined): string {
  const left = Math.min(enemyTotalHp, Math.max(0, enemyCurrentHp + enemyChangeHp));
  const change = enemyChangeHp === 0 ? 'missed' : enemyChangeHp < 0 ? String(enemyChangeHp) : `+${enemyChangeHp}`;
  const end = left === 0 ? '  falls' : enemyBuff ? `  (${enemyBuff.buffName})` : '';
  return `    ${nameOf(unit)} ${change}  ${bar(left, enemyTotalHp)}${end}`;
}

function nameOf(unit: StartEntry | undefined): string {
  return unit?.chaName ?? 'somebody';
}

function bar(hp: number, total: number): string {
  const full = total > 0 ? Math.ceil((hp / total) * BAR) : 0;
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${hp}/${total}`;
}
