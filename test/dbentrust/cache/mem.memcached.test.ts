import { startMemcached } from '../../../tools/services';
import { memSuite } from './memsuite';

memSuite('memcached', async () => {
  const service = await startMemcached();
  return { url: `${service.host}:${service.port}`, stop: () => service.stop() };
});
