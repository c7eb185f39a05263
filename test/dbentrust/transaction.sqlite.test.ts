import { after } from 'node:test';
import { EmbeddedMemcached } from '../../src/dbentrust/cache/embedded';
import { freshSqlite } from '../helpers/services';
import { transactionSuite } from './transactionsuite';

const memcached = new EmbeddedMemcached();
const port = memcached.listen(0, '127.0.0.1');
after(() => memcached.close());

transactionSuite('embedded stores', { database: freshSqlite, memcached: async () => `127.0.0.1:${await port}` });
