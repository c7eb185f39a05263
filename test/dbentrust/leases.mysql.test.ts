import { freshMysql } from '../helpers/services';
import { leaseSuite } from './leasesuite';

leaseSuite('MariaDB', freshMysql);
