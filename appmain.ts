/** Runs one node of the cluster: `node appmain.js NODE config.json`. */
import { FFServer } from 'firefly-ts';

const [name, config = 'config.json'] = process.argv.slice(2);
if (!name) {
  console.error('usage: node appmain.js NODE [CONFIG]');
  process.exit(2);
}
void FFServer().config(name, config).start();
