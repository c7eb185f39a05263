import { freshSqlite } from '../helpers/services';
import { fkSuite } from './fksuite';

fkSuite('SQLite', { database: freshSqlite, memcached: async () => undefined });
