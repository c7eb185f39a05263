/** What the book of leases remembers over a restart, in the cluster's database: which tokens were taken, and which nodes may hold something. */

import type { SqlStore } from '../sql/store';
import type { LeaseMemory } from './leaseport';

/** Where `firefly_ids` counts the tokens. No table has this name: a dash needs quotes. */
const TOKENS = 'firefly-leases';

const CREATE = {
  mysql: `CREATE TABLE IF NOT EXISTS firefly_lease_holders (
    node VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY) ENGINE=InnoDB`,
  sqlite: 'CREATE TABLE IF NOT EXISTS firefly_lease_holders (node TEXT NOT NULL PRIMARY KEY)',
};

/** Needs the table of ids, which the writer makes. */
export async function sqlLeaseMemory(store: SqlStore): Promise<LeaseMemory> {
  await store.query(CREATE[store.dialect]);
  const ignore = store.dialect === 'mysql' ? 'IGNORE' : 'OR IGNORE';
  return {
    tokens: (count) =>
      store.transaction(async (tx) => {
        await tx.query(`INSERT ${ignore} INTO firefly_ids (name, next_id) VALUES (?, 1)`, [TOKENS]);
        await tx.query('UPDATE firefly_ids SET next_id = next_id + ? WHERE name = ?', [count, TOKENS]);
        const { rows } = await tx.query('SELECT next_id FROM firefly_ids WHERE name = ?', [TOKENS]);
        return Number(rows[0]?.next_id) - count;
      }),
    async holders() {
      const { rows } = await store.query('SELECT node FROM firefly_lease_holders');
      return rows.map(({ node }) => String(node));
    },
    async addHolder(node) {
      await store.query(`INSERT ${ignore} INTO firefly_lease_holders (node) VALUES (?)`, [node]);
    },
    keepHolders: (nodes) =>
      store.transaction(async (tx) => {
        await tx.query('DELETE FROM firefly_lease_holders');
        for (const node of nodes) await tx.query('INSERT INTO firefly_lease_holders (node) VALUES (?)', [node]);
      }),
  };
}
