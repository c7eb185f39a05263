import { freshMysql, sharedMemcached } from '../../helpers/services';
import { writerSuite } from './suite';

writerSuite('MariaDB and memcached', { database: freshMysql, memcached: sharedMemcached });
