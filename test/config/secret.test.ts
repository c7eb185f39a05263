import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { clusterSecret } from '../../src/config/secret';

const MODULE = join(__dirname, '..', '..', 'src', 'config', 'secret.js');

async function folder(): Promise<AsyncDisposable & { dataDir: string; file: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'firefly-secret-'));
  const dataDir = join(dir, 'deep', 'data');
  return { dataDir, file: join(dataDir, 'secret'), [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

describe("the cluster's secret", () => {
  it('is the configured one, and then no file is made', async () => {
    await using data = await folder();
    assert.equal(clusterSecret({ secret: 'configured', dataDir: data.dataDir }), 'configured');
    await assert.rejects(stat(data.dataDir), { code: 'ENOENT' });
  });

  it('is else made once, for its owner alone, and kept', async () => {
    await using data = await folder();
    const secret = clusterSecret(data);
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(clusterSecret(data), secret);
    assert.equal((await readFile(data.file, 'utf8')).trim(), secret);
    assert.equal((await stat(data.file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(data.dataDir), ['secret']);
  });

  it('is the same in processes that all make it at once', async () => {
    await using data = await folder();
    const script = `process.stdout.write(require(${JSON.stringify(MODULE)}).clusterSecret({ dataDir: ${JSON.stringify(data.dataDir)} }))`;
    const run = promisify(execFile);
    const answers = await Promise.all(Array.from({ length: 6 }, () => run(process.execPath, ['-e', script])));
    assert.equal(new Set(answers.map((answer) => answer.stdout)).size, 1);
    assert.match(answers[0]?.stdout ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(await readdir(data.dataDir), ['secret']);
  });

  it('is refused when others may read it, with the command that mends it', async () => {
    await using data = await folder();
    clusterSecret(data);
    await chmod(data.file, 0o640);
    assert.throws(() => clusterSecret(data), {
      name: 'ConfigError',
      message: new RegExp(`^${data.file} can be read by others.*run: chmod 600 ${data.file}`),
    });
    await chmod(data.file, 0o600);
    clusterSecret(data);
  });

  it('is refused when its file is empty', async () => {
    await using data = await folder();
    clusterSecret(data);
    await writeFile(data.file, '\n');
    assert.throws(() => clusterSecret(data), {
      name: 'ConfigError',
      message: `${data.file} is empty; delete it, and a new one is made at the next start`,
    });
  });

  it('says what to do where it cannot be kept', async () => {
    await using data = await folder();
    clusterSecret(data);
    const inAFile = { dataDir: join(data.file, 'below') };
    assert.throws(() => clusterSecret(inAFile), {
      name: 'ConfigError',
      message: /cannot be read or made \(ENOTDIR\); let this user write there, set FIREFLY_DATA_DIR, or set FIREFLY_SECRET$/,
    });
  });
});
