/** The config for several hosts in docs/operations.md is one that loads, without a warning but the one that it speaks of. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../../src/config/load';
import { Project } from '../helpers/project';
import { blocksOf, readPage } from './page';

describe('the config for several hosts', () => {
  it('loads, and says that game2 is started by hand', async () => {
    const text = blocksOf(readPage('docs/operations.md')).find(
      (block) => block.language === 'json' && block.text.includes('"start": "hand"'),
    )?.text;
    assert.ok(text, 'the page has it');
    using project = new Project({ 'config.json': text, 'app/gate.ts': '', 'app/net.ts': '', 'app/game.ts': '' });
    const env = { FIREFLY_TOKEN: 'a token of some length', FIREFLY_SECRET: 'a secret of some length' };
    const { config, warnings } = await loadConfig(project.path('config.json'), env);
    assert.deepEqual([config.master.bind, config.master.host], ['0.0.0.0', '10.0.0.1']);
    assert.deepEqual(
      Object.values(config.nodes).map(({ name, supervise }) => [name, supervise.start]),
      [
        ['gate', 'master'],
        ['net', 'master'],
        ['game1', 'master'],
        ['game2', 'hand'],
      ],
    );
    for (const warning of warnings) assert.match(warning, /nodes link there in the clear/);
  });
});
