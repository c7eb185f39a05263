import { freshMysql, sharedMemcached } from '../helpers/services';
import { faceSuite } from './facesuite';

faceSuite('MariaDB and memcached', { database: freshMysql, memcached: sharedMemcached });
