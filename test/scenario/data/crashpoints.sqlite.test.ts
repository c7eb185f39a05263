import { after } from 'node:test';
import { EmbeddedMemcached } from '../../../src/dbentrust/cache/embedded';
import { freshSqlite } from '../../helpers/services';
import { crashSuite } from './crashsuite';

const memcached = new EmbeddedMemcached();
const port = memcached.listen(0, '127.0.0.1');
after(() => memcached.close());

crashSuite({ name: 'embedded stores', database: freshSqlite, memcached: async () => `127.0.0.1:${await port}`, endsHolders: false });
