import { freshMysql, sharedMemcached } from '../helpers/services';
import { fkSuite } from './fksuite';

fkSuite('MariaDB and memcached', { database: freshMysql, memcached: sharedMemcached });
