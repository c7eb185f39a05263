/** Experience a player needs to leave a level. */

export const MAX_LEVEL = 100;

/** Levels 34 to 100, where the curve follows no formula. */
const FROM_34 = [
  244_642, 258_610, 273_298, 288_724, 475_963, 501_813, 528_923, 557_323, 758_180, 794_669, 832_796, 919_022, 960_533, 1_003_790, 1_485_958,
  1_546_929, 2_840_640, 3_005_624, 3_176_893, 3_354_565, 3_538_758, 3_729_590, 3_927_178, 4_249_608, 4_600_054, 4_981_632, 5_397_938,
  5_853_138, 6_352_090, 6_900_493, 7_505_081, 8_173_864, 8_916_454, 9_312_984, 9_721_117, 10_141_020, 10_572_860, 11_016_805, 11_473_023,
  11_941_681, 12_422_946, 12_916_985, 13_423_966, 14_340_699, 15_328_631, 16_395_156, 17_548_726, 18_799_037, 20_157_279, 21_636_426,
  23_251_613, 24_068_930, 24_905_195, 26_361_427, 27_910_656, 29_560_522, 31_319_511, 33_197_077, 35_203_784, 37_351_474, 39_653_468,
  40_901_925, 42_176_332, 43_476_956, 44_804_064, 46_157_923, 47_538_800,
];

/** By level; index 0 stands for no level. */
export const EXPERIENCE_TO_LEAVE: readonly number[] = [0, 218, ...Array.from({ length: 32 }, (_, i) => early(i + 2)), ...FROM_34];

/** Levels 2 to 33. */
function early(level: number): number {
  return 3 * level ** 3 + 45 * level ** 2 + 150 * level + 200;
}

/** Experience a pet needs to leave a level, by level. */
export const PET_EXPERIENCE_TO_LEAVE: readonly number[] = Array.from({ length: 121 }, (_, level) => ofPet(level));

function ofPet(level: number): number {
  if (level <= 10) return 100 * level;
  return { 11: 1200, 12: 1500, 13: 1900 }[level] ?? 10_000;
}
