/** What the operator looks at: money paid, gold spent, and one row of counts a day. */
import { autoId, type Database, emptyText, integers, madeNow, required, table } from '../columns';

export async function up(db: Database): Promise<void> {
  const recharge = table(db, 'tb_recharge')
    .addColumn('id', 'integer', autoId)
    .addColumn('uid', 'varchar(20)', required)
    .addColumn('orderid', 'varchar(255)', required)
    .addColumn('rtime', 'timestamp', madeNow);
  // `boo`: 1 paid, -8 a gift, -1 not settled.
  await integers(recharge, { rbm: 0, zuan: 0, serviceid: 0, lyid: 0, boo: -1 })
    .addUniqueConstraint('tb_recharge_order', ['orderid'])
    .execute();
  await db.schema.createIndex('tb_recharge_time').on('tb_recharge').column('rtime').execute();

  const bill = table(db, 'tb_bill')
    .addColumn('id', 'integer', autoId)
    .addColumn('spendDetails', 'varchar(255)', emptyText)
    .addColumn('recordDate', 'timestamp', madeNow);
  await integers(bill, { characterId: 0, spendType: 12, spendGold: 0, itemId: 0 }).execute();
  await db.schema.createIndex('tb_bill_time').on('tb_bill').column('recordDate').execute();

  const statistics = table(db, 'tb_statistics').addColumn('id', 'integer', autoId).addColumn('recorddate', 'date', required);
  await integers(statistics, { high: 0, createrole: 0, loginuser: 0, onlineaverage: 0, onlinetotal: 0 })
    .addUniqueConstraint('tb_statistics_day', ['recorddate'])
    .execute();
}
