/** docs/reload.md: its shop says what the page shows, before and after the reload that the page describes; its other samples compile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { http } from '../helpers/http';
import { Project } from '../helpers/project';
import { compile } from './compile';
import { blockFor, blocksOf, readPage } from './page';

const PAGE = readPage('docs/reload.md');
const FILES = ['config.json', 'app/shop.ts', 'app/texts.ts', 'app/prices.json'];

/** What the page shows of a client. */
const SHOWN = [...PAGE.matchAll(/^-> (\d+) (\S+) +<- (.*)$/gm)].map(([, command, payload = '', answer = '']) => ({
  command: Number(command),
  payload,
  answer,
}));

describe('docs/reload.md', () => {
  it('has a shop whose code, table and config reload as shown, on an open connection', async () => {
    using project = new Project(Object.fromEntries(FILES.map((file) => [file, blockFor(PAGE, file)])));
    const others = blocksOf(PAGE).filter(({ language, file }) => language === 'ts' && file === undefined);
    assert.equal(others.length, 2);
    for (const [index, { text }] of others.entries()) project.edit(`app/other${index}.ts`, text);
    compile(project);
    await using cluster = await startCluster(project.path('config.json'));
    await using player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    const [before, after] = SHOWN;
    assert.ok(before && after && SHOWN.length === 2);
    assert.equal((await player.request(before.command, before.payload)).text, before.answer);

    const change = (file: string, from: string, to: string) => {
      const text = blockFor(PAGE, file);
      assert.ok(text.includes(from), `${file} has ${from}`);
      project.edit(file, text.replace(from, to), { build: true });
    };
    change('app/texts.ts', 'Hello.', 'Good morning!');
    change('app/prices.json', '60', '50');
    change('config.json', '"discount": 0', '"discount": 5');
    const { status, text } = await http({ port: cluster.port(9998), path: '/reload', method: 'POST', deadlineMs: 30_000 });
    assert.equal(status, 200, text);
    assert.equal((await player.request(after.command, after.payload)).text, after.answer);
    await cluster.waitForLine(/this code has ended/);
  });

  it('shows what a broken table is answered with', async () => {
    const [, shown = ''] = /^net: \/srv\/game\/(.*)$/m.exec(PAGE) ?? [];
    using project = new Project(Object.fromEntries(FILES.map((file) => [file, blockFor(PAGE, file)])));
    await using cluster = await startCluster(project.path('config.json'));
    project.edit('app/prices.json', '{ "sword": 60 "bow": 45 }\n');
    const { status, json } = await http({ port: cluster.port(9998), path: '/reload', method: 'POST', deadlineMs: 30_000 });
    const { message, nodes } = json() as {
      message: string;
      nodes: { net: { failures: { file: string; line: number; message: string }[] } };
    };
    assert.equal(status, 422);
    const [failure] = nodes.net.failures;
    // The words of the parser differ from one Node to the next.
    assert.equal(`${failure?.file}:${failure?.line} is not valid JSON`, `${project.path(shown.split(':')[0] ?? '')}:1 is not valid JSON`);
    assert.ok(PAGE.includes(`firefly: ${message}`));
    assert.match(shown, /^app\/prices\.json:1 is not valid JSON: /);
  });
});
