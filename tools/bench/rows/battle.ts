/** Row battle: what a fight of the sample game's campaign takes the processor, beside writing its report. */
import type { BattleLoad, BattleResult } from '../battler';
import { Peer } from '../peer';
import type { Row } from '../row';

/** A millisecond. */
const GOAL_US = 1_000;
const SLACK_MS = 20_000;

export const battleRow: Row = {
  key: 'battle',
  title: 'battle of a full formation, over all 53 chapters',
  beside: 'its report as JSON',
  figures: [{ name: 'CPU a battle', unit: 'us', better: 'less', goal: { value: GOAL_US } }],
  async open(workshop) {
    const peer = await workshop.hold('firefly', 'battle', () => Peer.start('battler.js'));
    const reading = async (what: BattleLoad['what']) => {
      const load: BattleLoad = { what, seconds: workshop.seconds };
      const detail = await peer.ask<BattleResult>(load, workshop.seconds * 1_000 + SLACK_MS);
      return { values: [detail.us], detail };
    };
    return { yardstick: () => reading('write'), firefly: () => reading('fight') };
  },
};
