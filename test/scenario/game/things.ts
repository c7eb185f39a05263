/** Things of the game's data that tests give to players, by template. */

/** A weapon that anybody can wear. */
export const BLADE = 10150001;
/** A fragment; four of them call a pet. */
export const SHARD = 53000001;
/** A fragment; four of them and 1000 coins make a book. */
export const PAGE = 54000006;
export const BOOK = 55000006;
/** A pet comes out of it. */
export const EGG = 51000001;
/** A pet. */
export const HERO = 15003;
