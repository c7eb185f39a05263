import { freshSqlite } from '../../helpers/services';
import { awaySuite } from './awaysuite';

awaySuite('SQLite', freshSqlite);
