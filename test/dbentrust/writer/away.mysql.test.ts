import { freshMysql } from '../../helpers/services';
import { awaySuite } from './awaysuite';

awaySuite('MariaDB', freshMysql);
