import { freshMysql } from '../../helpers/services';
import { storeSuite } from './storesuite';

storeSuite('mysql', freshMysql);
