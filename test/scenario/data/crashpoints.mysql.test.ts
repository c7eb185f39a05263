import { freshMysql, sharedMemcached } from '../../helpers/services';
import { crashSuite } from './crashsuite';

crashSuite({ name: 'MariaDB and memcached', database: freshMysql, memcached: sharedMemcached, endsHolders: true });
