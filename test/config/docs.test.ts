/** docs/config.md says what the code does: its samples load, its tables are the schema and the defaults. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DEFAULT_LIMITS, DEFAULT_SUPERVISE } from '../../src/config/defaults';
import {
  ClientTlsShape,
  DbShape,
  FileShape,
  LimitsShape,
  MasterShape,
  MemShape,
  NodeShape,
  SuperviseShape,
  TlsShape,
  TraceShape,
} from '../../src/config/schema';
import { Authority } from '../helpers/certificates';
import { load, problemsOf } from './folder';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'config.md'), 'utf8');
const ROWS = new Map([...PAGE.matchAll(/^\| `([\w.]+)` *\| (.*?) *\|/gm)].map((row) => [row[1] ?? '', row[2] ?? '']));

function blocks(language: string): string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((block) => block[1] === language).map((block) => block[2] ?? '');
}

describe('docs/config.md', () => {
  const samples = blocks('json');
  const wrong = samples.at(-1) ?? '';

  it('shows configs that load, without a warning but the one it goes on to explain', async () => {
    const secret = 'a secret that is long enough';
    const env = { FIREFLY_TOKEN: secret, DB_PASSWORD: secret, CLUSTER_SECRET: secret };
    assert.equal(samples.length, 7);
    using authority = new Authority();
    authority.issue('node');
    for (const sample of samples.slice(0, -1)) {
      const { warnings } = await load(sample.replaceAll('certificates/', `${authority.dir}/`), env);
      // The sample with other machines is where the page goes on to TLS.
      const inTheClear = /which other machines reach, and nodes link there in the clear/;
      assert.deepEqual(
        warnings.filter((warning) => !inTheClear.test(warning)),
        [],
      );
      assert.equal(warnings.length, sample.includes('roothost') && !sample.includes('"tls"') ? 1 : 0);
    }
  });

  it('shows what is said about a config with mistakes, word for word', async () => {
    assert.deepEqual(await problemsOf(wrong), (blocks('text')[0] ?? '').trimEnd().split('\n'));
  });

  it('has a row for every key and no row for a key that there is not', () => {
    const keys = (prefix: string, shape: object) => Object.keys(shape).map((key) => `${prefix}${key}`);
    const known = [
      ...keys('', FileShape.shape),
      ...keys('master.', MasterShape.shape),
      ...keys('servers.NAME.', NodeShape.shape),
      ...keys('servers.NAME.tls.', ClientTlsShape.shape),
      ...keys('db.', DbShape.shape),
      ...keys('memcached.', MemShape.shape),
      ...keys('tls.', TlsShape.shape),
      ...keys('trace.', TraceShape.shape),
      ...keys('limits.', LimitsShape.shape),
      ...keys('supervise.', SuperviseShape.shape),
    ];
    const documented = [...ROWS.keys()].filter((key) => !key.startsWith('FIREFLY_'));
    assert.deepEqual(documented.toSorted(), known.toSorted());
  });

  it('has the defaults that a cluster runs with', () => {
    const table = [...ROWS].filter(([key]) => /^(limits|supervise)\./.test(key));
    const defaults = [
      ...Object.entries(DEFAULT_LIMITS).map(([key, value]) => [`limits.${key}`, String(value)]),
      ...Object.entries(DEFAULT_SUPERVISE).map(([key, value]) => [`supervise.${key}`, String(value)]),
    ];
    assert.deepEqual(table, defaults);
  });
});
