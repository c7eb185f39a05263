import { freshMysql } from '../../helpers/services';
import { flushSuite } from './flushsuite';

flushSuite('MariaDB', freshMysql);
