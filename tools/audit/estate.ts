/** Everything that players own, as the database of a stopped cluster has it. */
import type {
  Account,
  ArenaFight,
  Bill,
  Character,
  Equipment,
  Formation,
  Friend,
  HireRecord,
  Item,
  LedgerLine,
  Pet,
  Rank,
  Recharge,
  Standing,
} from '../../app/share/tables';
import type { SqlStore } from '../../src/dbentrust/sql/store';

export interface Estate {
  readonly accounts: readonly Account[];
  readonly characters: readonly Character[];
  readonly items: readonly Item[];
  readonly pets: readonly Pet[];
  readonly equipment: readonly Equipment[];
  readonly formations: readonly Formation[];
  readonly friends: readonly Friend[];
  readonly hireRecords: readonly HireRecord[];
  readonly standings: readonly Standing[];
  readonly ranks: readonly Rank[];
  readonly arenaFights: readonly ArenaFight[];
  readonly recharges: readonly Recharge[];
  readonly bills: readonly Bill[];
  readonly ledger: readonly LedgerLine[];
  /** Rows that dbfront could not write. */
  readonly quarantined: number;
}

export async function readEstate(store: SqlStore): Promise<Estate> {
  const all = async <R>(table: string) => (await store.query(`SELECT * FROM ${table}`)).rows as unknown as R[];
  return {
    accounts: await all('tb_register'),
    characters: await all('tb_character'),
    items: await all('tb_item'),
    pets: await all('tb_pet'),
    equipment: await all('tb_equipment'),
    formations: await all('tb_character_matrix'),
    friends: await all('tb_friend'),
    hireRecords: await all('tb_guyong_record'),
    standings: await all('tb_arena'),
    ranks: await all('tb_arena_ranking'),
    arenaFights: await all('tb_arena_log'),
    recharges: await all('tb_recharge'),
    bills: await all('tb_bill'),
    ledger: await all('tb_ledger'),
    quarantined: (await all('firefly_quarantine')).length,
  };
}
