/** What the report of a fight must look like, of the campaign and of the arena. */
import { int, oneOf, type Shape, said, text, unlessNothing } from './shape';

const fighter = {
  chaId: unlessNothing(int),
  chaBattleId: unlessNothing(int),
  chaName: unlessNothing(text),
  chaLevel: unlessNothing(int),
  chaDirection: oneOf(1, 2),
  chaCurrentHp: unlessNothing(int),
  chaTotalHp: unlessNothing(int),
  chaPz: unlessNothing(int),
  chaPos: oneOf(1, 2, 3, 4, 5, 6, 7, 8, 9),
  chaIcon: unlessNothing(int),
};
const buff = {
  buffId: int,
  buffLayerCount: int,
  buffRemainRoundCount: int,
  buffEffectId: int,
  buffIconId: int,
  buffName: said,
  buffDes: text,
};
const struck = {
  enemyBattleId: int,
  enemyChaId: int,
  enemyActionId: oneOf(96, 97),
  enemyChangeHp: int,
  enemyCurrentHp: int,
  enemyTotalHp: int,
  enemyBuff: oneOf(0, buff),
};
const action = {
  chaBattleId: int,
  chaId: int,
  skill: int,
  actionId: oneOf(98, 99),
  chaCurrentHp: int,
  chaTotalHp: int,
  chaExpendHp: int,
  txtEffectId: 0,
  chaBuff: oneOf(0, buff),
  enemyChaArr: [struck] as const,
};
/** What a buff does to its holder in the holder's turn. */
export const damageOverTime = {
  ...action,
  chaBattleId: -1,
  chaId: -1,
  skill: 0,
  actionId: -1,
  chaCurrentHp: 0,
  chaTotalHp: 0,
  txtEffectId: -1,
  chaBuff: 0,
};
export const battle = (setData: Shape) => ({
  battleResult: oneOf(1, 2),
  startData: [fighter] as const,
  stepData: [oneOf(action, damageOverTime)] as const,
  setData,
});
