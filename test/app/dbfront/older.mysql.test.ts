import { MYSQL_ENGINE } from '../../helpers/oldergame';
import { freshMysql } from '../../helpers/services';
import { olderSuite } from './oldersuite';

olderSuite('MariaDB', freshMysql, MYSQL_ENGINE);
