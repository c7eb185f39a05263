import { freshMysql } from '../../helpers/services';
import { dbfrontSuite } from './dbfrontsuite';

dbfrontSuite('MariaDB', freshMysql);
