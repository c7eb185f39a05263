import { freshSqlite } from '../../helpers/services';
import { olderSuite } from './oldersuite';

olderSuite('SQLite', freshSqlite);
