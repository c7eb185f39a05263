import { freshMysql } from '../helpers/services';
import { dataSuite } from './datasuite';

dataSuite('MariaDB', { database: freshMysql, memcached: async () => undefined });
