import { EmbeddedMemcached } from '../../../src/dbentrust/cache/embedded';
import { memSuite } from './memsuite';

memSuite('the embedded memcached', async () => {
  const server = new EmbeddedMemcached();
  const port = await server.listen(0, '127.0.0.1');
  return { url: `127.0.0.1:${port}`, stop: () => server.close() };
});
