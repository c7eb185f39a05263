import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { describePlace } from '../../src/place';
import { Service } from '../../src/services/service';

describe('the place of a registration', () => {
  it('is the line outside the framework, whatever the folder is called', () => {
    const folder = mkdtempSync(join(tmpdir(), 'firefly (copy) of '));
    try {
      const file = join(folder, 'a (b)', 'handlers.js');
      mkdirSync(join(folder, 'a (b)'));
      writeFileSync(file, '\nmodule.exports = (service) => {\n  service.mapTarget(() => 1, "handle");\n};\n');
      const service = new Service('gate');
      createRequire(file)(file)(service);
      let place = { file: '', line: 0 };
      service.copy((registered) => {
        place = registered;
        return true;
      });
      assert.deepEqual([place.file, place.line], [file, 3]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is told relative to the working directory, or as unknown', () => {
    assert.equal(describePlace({ file: join(process.cwd(), 'app', 'gate.js'), line: 7 }), `${join('app', 'gate.js')}:7`);
    assert.equal(describePlace({ file: '', line: 0 }), 'an unknown place');
  });
});
