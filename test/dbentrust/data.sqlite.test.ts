import { freshSqlite } from '../helpers/services';
import { dataSuite } from './datasuite';

dataSuite('sqlite', { database: freshSqlite, memcached: async () => undefined });
