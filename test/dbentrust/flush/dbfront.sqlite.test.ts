import { freshSqlite } from '../../helpers/services';
import { dbfrontSuite } from './dbfrontsuite';

dbfrontSuite('SQLite', freshSqlite);
