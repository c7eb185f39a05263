import { freshMysql, sharedMemcached } from '../helpers/services';
import { dataSuite } from './datasuite';

dataSuite('MariaDB and memcached', { database: freshMysql, memcached: sharedMemcached });
