import { freshSqlite } from '../helpers/services';
import { leaseSuite } from './leasesuite';

leaseSuite('SQLite', freshSqlite);
