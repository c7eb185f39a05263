import { freshMysql } from '../../helpers/services';
import { quarantineSuite } from './quarantinesuite';

quarantineSuite('MariaDB', freshMysql);
