import { freshSqlite } from '../../helpers/services';
import { flushSuite } from './flushsuite';

flushSuite('SQLite', freshSqlite);
