import { freshMysql, sharedMemcached } from '../../helpers/services';
import { freezeSuite } from './crashsuite';

freezeSuite({ name: 'MariaDB and memcached', database: freshMysql, memcached: sharedMemcached, endsHolders: true });
