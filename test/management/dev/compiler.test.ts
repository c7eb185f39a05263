import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Build, BuildReader } from '../../../src/management/dev/compiler';

function read(...lines: readonly string[]): Build[] {
  const builds: Build[] = [];
  const reader = new BuildReader('/game', (build) => builds.push(build));
  for (const line of lines) reader.line(line);
  return builds;
}

describe('what the watching compiler prints', () => {
  it('is one build from a start to the line that ends it, with the files that it wrote', () => {
    const builds = read(
      '10:00:00 PM - Starting compilation in watch mode...',
      '',
      'TSFILE: /game/app/gate.js',
      'TSFILE: app/gate.js.map',
      '10:00:01 PM - Found 0 errors. Watching for file changes.',
      '10:00:02 PM - File change detected. Starting incremental compilation...',
      '10:00:02 PM - Found 0 errors. Watching for file changes.',
    );
    assert.deepEqual(builds, [
      { errors: [], written: ['/game/app/gate.js', '/game/app/gate.js.map'] },
      { errors: [], written: [] },
    ]);
  });

  it('has each error with its file, its line, and all that is said of it', () => {
    const builds = read(
      "app/my game (2).ts(12,5): error TS2322: Type 'A' is not assignable to type 'B'.",
      "  Property 'x' is missing in type 'A'.",
      "error TS2688: Cannot find type definition file for 'node'.",
      '10:00:01 PM - Found 2 errors. Watching for file changes.',
      '10:00:02 PM - Found 1 error. Watching for file changes.',
    );
    assert.deepEqual(builds, [
      {
        errors: [
          {
            file: '/game/app/my game (2).ts',
            line: 12,
            message: "TS2322: Type 'A' is not assignable to type 'B'.\n  Property 'x' is missing in type 'A'.",
          },
          { file: '', line: 0, message: "TS2688: Cannot find type definition file for 'node'." },
        ],
        written: [],
      },
      { errors: [], written: [] },
    ]);
  });
});
