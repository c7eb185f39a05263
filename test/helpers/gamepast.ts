/** A sample game with a past: an admin node that finds 45 days counted, paid and spent on at its start. For plots, and tests of them. */
import { variantOf } from './project';

export const PAST_DAYS = 45;

/** The newest is yesterday; a day is made of its number alone, so every run has the same plots. */
const PAST = `
import '../app/adminserver';
import { onStart, transaction } from 'firefly-ts';
import { bills, dayCounts, recharges } from '../app/share/tables';

const DAY_MS = 86_400_000;

onStart(async () => {
  for (let ago = 1; ago <= ${PAST_DAYS}; ago++) await addDay(new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10), ${PAST_DAYS} - ago);
});

async function addDay(day: string, number: number) {
  const id = Number(day.replaceAll('-', ''));
  const wave = Math.sin(number / 1.1) + Math.sin(number / 7);
  const loginuser = Math.round(420 + 6 * number + 60 * wave);
  const high = Math.round(loginuser * 0.46);
  const onlineaverage = Math.round(high * (0.52 + 0.06 * wave));
  const createrole = Math.round(70 + 2 * number + 25 * wave);
  const payers = Math.round(loginuser * (0.045 + 0.012 * Math.sin(number / 4)));
  await transaction(async (t) => {
    if (await t.get(dayCounts, id)) return;
    const minutes = 1440;
    await t.insert(dayCounts, { id, recorddate: day, high, createrole, loginuser, onlineaverage, onlinetotal: onlineaverage * minutes, minutes, lastminute: 0 });
    for (let payer = 0; payer < payers; payer++) {
      const rbm = [600, 600, 3000, 600, 9800][(payer + number) % 5]!;
      await t.insert(recharges, { uid: String(1_000 + payer * 7 + (number % 7)), orderid: id + '-' + payer, rbm, zuan: rbm / 10, boo: 1, rtime: day + ' 12:00:00' });
    }
    for (let spender = 0; spender < 5; spender++)
      await t.insert(bills, { characterId: 2_000_000 + spender, spendType: 12, spendGold: 40 + number, spendDetails: '', recordDate: day + ' 13:00:00' });
  });
}
`;

/** @param changes further sections of the config. @param config which cluster it is */
export function gameWithPast(changes: Readonly<Record<string, object>> = {}, config = 'config.json') {
  return variantOf(config, { servers: { admin: { app: 'extra.admin' } }, ...changes }, { 'extra/admin.ts': PAST });
}
