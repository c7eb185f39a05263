import { freshSqlite } from '../../helpers/services';
import { quarantineSuite } from './quarantinesuite';

quarantineSuite('SQLite', freshSqlite);
