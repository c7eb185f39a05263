import { freshMysql } from '../../helpers/services';
import { migrationSuite } from './migrationsuite';

migrationSuite('MariaDB', freshMysql);
