import { freshSqlite } from '../helpers/services';
import { lossesSuite } from './lossessuite';

lossesSuite('SQLite', freshSqlite);
