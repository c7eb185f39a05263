import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { ConsolePage } from '../../helpers/consolepage';
import { type Project, twoGames } from '../../helpers/project';

/** What a client may send, and a handler's error may carry into the log. */
const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> \u202e';

const NET = `
import { GlobalObject, netserviceHandle } from 'firefly-ts';
netserviceHandle(500, (_connection: unknown, data: Buffer) => { throw new Error(data.toString()); });
netserviceHandle('*', (command: number, conn: { id: number }, data: Buffer) => GlobalObject().remote.gate?.callRemote('pass', command, conn.id, data));
`;

describe("a node's page in the console", () => {
  let project: Project;
  let cluster: Cluster;
  let shown: ConsolePage;
  before(async () => {
    project = twoGames({ 'app/net.ts': NET });
    cluster = await startCluster(project.path('config.json'));
    shown = await ConsolePage.open(cluster, { at: '#/node/net' });
    await shown.waitForText('h1', /^net$/);
  });
  after(async () => {
    await shown?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    project?.[Symbol.dispose]();
  });
  const button = (name: string) => shown.page.getByRole('button', { name, exact: true });
  const send = async (command: number, text: string) => {
    await using client = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    client.send(command, text);
    // The rest of the frames of a connection come after it.
    assert.match((await client.request(300, '')).text, /^first text/);
  };

  it('shows the log as it is written, and what came from a stranger as the text it is', async () => {
    await send(500, HOSTILE);
    const line = await shown.waitForText('.log .line[data-level=error]', /<img src=x/);
    assert.match(line, /<script>window\.hacked=1<\/script>/);
    await shown.waitForText('section[aria-label="Last errors"]', /<img src=x/);
    assert.equal(await shown.page.locator('.log img, .log script, .exits img, main script').count(), 0);
    assert.equal(await shown.page.evaluate('window.hacked ?? null'), null);
  });

  it('stands still when it is paused, and goes on with what was missed', async () => {
    await button('Pause').click();
    // What was on its way when the button was pressed may still come.
    const settled = await shown.page.locator('.log .line').count();
    await send(500, 'while nobody looked');
    await shown.waitForText('section[aria-label="Last errors"]', /while nobody looked/);
    assert.ok((await shown.page.locator('.log .line').count()) <= settled + 1);
    assert.doesNotMatch(await shown.textOf('.log'), /while nobody looked/);
    await button('Follow').click();
    await shown.waitForText('.log', /while nobody looked/);
  });

  it('shows only the lines with a text', async () => {
    await shown.page.getByRole('searchbox').fill('NOBODY LOOKED');
    const visible = await shown.page.locator('.log .line:visible').allTextContents();
    assert.ok(visible.length > 0 && visible.every((line) => /nobody looked/.test(line)), visible.join('\n'));
    await shown.page.getByRole('searchbox').fill('');
  });

  it('lets the node log from another level on', async () => {
    await shown.page.getByLabel('Level').selectOption('debug');
    await shown.waitForText('.log', /the log level is debug from here on; it was info/);
    await send(300, '');
    await shown.page.locator('.log .line[data-level=debug]').first().waitFor();
  });

  it('shows handlers with their calls and failures, and the config without secrets', async () => {
    await shown.waitForText('section[aria-label=Handlers] tr:has(th:has-text("500")) td:nth-child(4)', /^2$/);
    await shown.page.locator('section[aria-label=Config] summary').click();
    await shown.waitForText('section[aria-label=Config] tr:has(th:text-is("netPort")) td', new RegExp(`^${cluster.port(10001)}$`));
  });

  it('hands out a CPU profile and, after a question, a heap snapshot', async () => {
    for (const [name, ending] of [
      ['CPU profile, 10 s', /-net\.cpuprofile$/],
      ['Heap snapshot', /-net\.heapsnapshot$/],
    ] as const) {
      const download = shown.page.waitForEvent('download');
      await button(name).click();
      if (name === 'Heap snapshot') {
        await shown.waitForText('dialog', /net stands still while it is written/);
        await button('Take the snapshot').click();
      }
      const file = await download;
      assert.match(file.suggestedFilename(), ending);
      assert.equal(typeof JSON.parse(readFileSync(await file.path(), 'utf8')), 'object');
    }
  });

  it('shows the master too', async () => {
    await shown.page.getByRole('link', { name: 'master', exact: true }).click();
    await shown.waitForText('h1', /^master$/);
    await shown.waitForText('.log', /web request|ready|started|profile/i);
  });

  it('says so when there is no such node', async () => {
    await shown.page.evaluate('location.hash = "#/node/%3Cb%3Enobody"');
    await shown.waitForText('h1', /^<b>nobody$/);
    await shown.waitForText('main', /The config has no node <b>nobody\./);
  });

  it('asked nobody but the master, and the browser had nothing to complain of', () => {
    assert.deepEqual(shown.foreign, []);
    assert.deepEqual(shown.complaints, []);
  });
});
