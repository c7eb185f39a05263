import { freshSqlite } from '../../helpers/services';
import { migrationSuite } from './migrationsuite';

migrationSuite('SQLite', freshSqlite);
