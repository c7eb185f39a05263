/** Every change of the tables, in order. One that has been released is never edited: the next change is a new file. */
import type { Migration } from 'firefly-ts/sql';
import * as accounts from './0001_accounts';
import * as characters from './0002_characters';
import * as social from './0003_social';
import * as business from './0004_business';
import * as staticData from './0005_static_data';
import * as revision from './0006_revision';
import * as extensions from './0007_extensions';
import * as arena from './0008_arena';
import * as operator from './0009_operator';
import * as playerSearch from './0010_player_search';
import * as ledger from './0011_ledger';
import * as older from './0012_older';
import * as operationIds from './0013_operation_ids';

export const migrations: Record<string, Migration> = {
  '0001_accounts': accounts,
  '0002_characters': characters,
  '0003_social': social,
  '0004_business': business,
  '0005_static_data': staticData,
  '0006_revision': revision,
  '0007_extensions': extensions,
  '0008_arena': arena,
  '0009_operator': operator,
  '0010_player_search': playerSearch,
  '0011_ledger': ledger,
  '0012_older': older,
  '0013_operation_ids': operationIds,
};
