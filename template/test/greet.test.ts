/** Command 100, asked as a player's client asks it, of a cluster that really runs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '../tools/client';
import { type Cluster, startCluster } from '../tools/cluster';

describe('greet', () => {
  let cluster: Cluster;
  let client: Client;

  before(async () => {
    cluster = await startCluster();
    client = await Client.connect(cluster.port(11009));
  });

  after(async () => {
    client?.close();
    await cluster?.stop();
  });

  it('knows who was here before', async () => {
    assert.deepEqual(JSON.parse(await client.ask(100, 'Ada')), { greeting: 'Hello, Ada!', visits: 1 });
    assert.deepEqual(JSON.parse(await client.ask(100, 'Bob')), { greeting: 'Hello, Bob!', visits: 1 });
    assert.deepEqual(JSON.parse(await client.ask(100, 'Ada')), { greeting: 'Hello, Ada!', visits: 2 });
  });

  it('says what is wrong with a name', async () => {
    assert.deepEqual(JSON.parse(await client.ask(100, '')), { error: 'say your name, 20 characters at most' });
  });
});
