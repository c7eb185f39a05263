/** What players do with each other: arena, mail, friends and hiring. */
import { autoId, type Database, emptyText, integers, madeNow, required, table } from '../columns';

export async function up(db: Database): Promise<void> {
  await arena(db);
  await mail(db);
  await friends(db);
}

async function arena(db: Database): Promise<void> {
  let arena = table(db, 'tb_arena').addColumn('id', 'integer', autoId).addColumn('lasttime', 'datetime').addColumn('recorddate', 'date');
  arena = integers(arena, { characterId: 0, score: 0, ranking: 0, liansheng: 0, lastresult: 0, surplustimes: 15, buytimes: 0, receive: 0 });
  await arena.addUniqueConstraint('tb_arena_character', ['characterId']).execute();
  await db.schema.createIndex('tb_arena_rank').on('tb_arena').column('ranking').execute();

  const log = table(db, 'tb_arena_log')
    .addColumn('id', 'integer', autoId)
    .addColumn('tiaozhanname', 'varchar(255)', emptyText)
    .addColumn('yingzhanname', 'varchar(255)', emptyText)
    .addColumn('recordtime', 'timestamp', madeNow);
  await integers(log, { tiaozhan: 0, yingzhan: 0, success: 0, rankingChange: 0 }).execute();
}

async function mail(db: Database): Promise<void> {
  const mail = table(db, 'tb_mail')
    .addColumn('id', 'integer', autoId)
    .addColumn('title', 'varchar(255)', emptyText)
    .addColumn('sender', 'varchar(255)', emptyText)
    .addColumn('content', 'varchar(2000)', emptyText)
    .addColumn('sendTime', 'datetime', required);
  await integers(mail, {
    senderId: -1,
    receiverId: 0,
    type: 1,
    isReaded: 0,
    isSaved: 0,
    coinContains: 0,
    goldContains: 0,
    couponContains: 0,
  }).execute();
  await db.schema.createIndex('tb_mail_receiver').on('tb_mail').column('receiverId').execute();
}

async function friends(db: Database): Promise<void> {
  const friends = table(db, 'tb_friend').addColumn('friendId', 'integer', autoId).addColumn('makeTime', 'timestamp', madeNow);
  await integers(friends, { characterId: 0, playerId: 0, friendType: 1, isSheildedMail: 0, goodwill: 0, guyong: 0, clue: 0 })
    .addUniqueConstraint('tb_friend_pair', ['characterId', 'playerId'])
    .execute();

  const hires = table(db, 'tb_guyong_record')
    .addColumn('id', 'integer', autoId)
    .addColumn('chaname', 'varchar(255)', emptyText)
    .addColumn('zyname', 'varchar(255)', emptyText)
    // The spelling is the one that tools of Firefly games know.
    .addColumn('reocrddate', 'timestamp', madeNow);
  await integers(hires, { characterId: 0, zyid: 0, battleresult: 0, coinbound: 0, huoli: 0 }).execute();
  await db.schema.createIndex('tb_guyong_record_owner').on('tb_guyong_record').column('characterId').execute();
}
