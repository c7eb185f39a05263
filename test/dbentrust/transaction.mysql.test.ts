import { freshMysql, sharedMemcached } from '../helpers/services';
import { transactionSuite } from './transactionsuite';

transactionSuite('MariaDB and memcached', { database: freshMysql, memcached: sharedMemcached });
