import { freshMysql } from '../helpers/services';
import { lossesSuite } from './lossessuite';

lossesSuite('MariaDB', freshMysql);
