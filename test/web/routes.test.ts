import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DuplicateTarget } from '../../src/errors';
import { RouteTable } from '../../src/web/routes';

describe('a route', () => {
  it('that is registered twice is an error that names both places', () => {
    const routes = new RouteTable();
    routes.add('GET', '/a', () => 1, { file: 'app/one.js', line: 3 });
    assert.throws(
      () => routes.add('*', '/a', function second() {}),
      (error) => error instanceof DuplicateTarget && /GET \/a.*app\/one\.js:3.*function second/.test(error.message),
    );
    assert.deepEqual(routes.at('/a')?.methods, ['GET']);
  });

  it('needs a path that a request can have', () => {
    for (const path of ['', 'stop', '/a?b', '/a b', '/a#b']) assert.throws(() => new RouteTable().add('GET', path, () => 1), TypeError);
  });

  it('is left behind by a copy that does not want its file', () => {
    const routes = new RouteTable();
    routes.add('GET', '/kept', () => 1);
    routes.add('GET', '/game', () => 1, { file: 'app/game.js', line: 1 });
    const copy = routes.copy((place) => place?.file !== 'app/game.js');
    assert.ok(copy.at('/kept'));
    assert.equal(copy.at('/game'), undefined);
    assert.ok(routes.at('/game'));
  });
});
