import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DuplicateTarget, NoSuchTarget } from '../../src/errors';
import { Service } from '../../src/services/service';

describe('Service', () => {
  it('calls a target by its name, or by the name it was given, with the arguments of the call', () => {
    const service = new Service('gate');
    service.mapTarget(function add(a: number, b: number) {
      return a + b;
    });
    service.mapTarget((text: string) => `<${text}>`, 'quote');
    assert.equal(service.callTarget('add', 1, 2), 3);
    assert.equal(service.callTarget('quote', 'x'), '<x>');
    assert.deepEqual(service.keys(), ['add', 'quote']);
  });

  it('returns what it registered', () => {
    const target = () => 1;
    const service = new Service('gate');
    assert.equal(service.mapTarget(target), target);
    assert.equal(service.getTarget('target'), target);
  });

  it('refuses a name that is taken and names both places', () => {
    const service = new Service('gate');
    service.mapTarget(() => 1, 'login');
    assert.throws(
      () => service.mapTarget(() => 2, 'login'),
      (error: unknown) => {
        assert.ok(error instanceof DuplicateTarget);
        assert.match(
          error.message,
          /^service gate: login is registered twice, at \S*service\.test\.\w+:\d+ and at \S*service\.test\.\w+:\d+; /,
        );
        return true;
      },
    );
    assert.equal(service.callTarget('login'), 1);
  });

  it('refuses a function without a name', () => {
    assert.throws(
      () =>
        new Service('gate').mapTarget(
          (
            () => () =>
              1
          )(),
        ),
      TypeError,
    );
  });

  it('throws NoSuchTarget with service and name, and passes on what a target throws', () => {
    const service = new Service('gate');
    service.mapTarget(() => {
      throw new RangeError('of its own');
    }, 'broken');
    assert.throws(
      () => service.callTarget('nobody'),
      (error: unknown) => error instanceof NoSuchTarget && error.service === 'gate' && error.target === 'nobody',
    );
    assert.throws(() => service.callTarget('broken'), RangeError);
  });

  it('forgets a target by function or by name', () => {
    const service = new Service('gate');
    const one = () => 1;
    const two = () => 2;
    service.mapTarget(one);
    service.mapTarget(two);
    service.unMapTarget(one);
    service.unMapTargetByKey('two');
    service.unMapTargetByKey('never there');
    assert.deepEqual(service.keys(), []);
  });

  it('knows which names want no line in the log', () => {
    const service = new Service('gate');
    service.addUnDisplayTarget('heartbeat');
    assert.deepEqual([service.isDisplayed('heartbeat'), service.isDisplayed('login')], [false, true]);
    assert.equal(service.copy(() => true).isDisplayed('heartbeat'), false);
  });

  it('copies what is to be kept and leaves the original alone', () => {
    const service = new Service('gate');
    service.mapTarget(() => 'old', 'a');
    service.mapTarget(() => 'kept', 'b');
    const copy = service.copy((registered) => registered.target === service.getTarget('b'));
    copy.mapTarget(() => 'new', 'a');
    assert.deepEqual([copy.callTarget('a'), copy.callTarget('b'), service.callTarget('a')], ['new', 'kept', 'old']);
    assert.equal(copy.name, 'gate');
  });

  it('tells a copy where each target was registered', () => {
    const service = new Service('gate');
    service.mapTarget(() => 1, 'a');
    let place = '';
    service.copy((registered) => {
      place = registered.file;
      return true;
    });
    assert.equal(place, __filename);
  });
});

describe('a serial service', () => {
  it('holds the later messages of a session back while one is pending, and no other session', async () => {
    const service = new Service('game', { serial: true });
    const events: string[] = [];
    let finish = () => {};
    service.mapTarget((session: string) => {
      events.push(`slow ${session}`);
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    }, 'slow');
    service.mapTarget((session: string) => {
      events.push(`quick ${session}`);
      return 'quick';
    }, 'quick');
    const pending = service.callTarget('slow', 'a');
    const held = service.callTarget('quick', 'a');
    assert.equal(service.callTarget('quick', 'b'), 'quick');
    assert.deepEqual(events, ['slow a', 'quick b']);
    finish();
    await pending;
    assert.equal(await held, 'quick');
    assert.deepEqual(events, ['slow a', 'quick b', 'quick a']);
  });

  it('keeps the order of a session across a reload: what runs on the old code holds back what comes to the new', async () => {
    const service = new Service('game', { serial: true });
    const events: string[] = [];
    let finish = () => {};
    service.mapTarget(
      () =>
        new Promise<void>((resolve) => {
          finish = () => {
            events.push('old ended');
            resolve();
          };
        }),
      'slow',
    );
    const pending = service.callTarget('slow', 'a');
    const copy = service.copy(() => false);
    copy.mapTarget(() => events.push('new ran'), 'quick');
    const held = copy.callTarget('quick', 'a');
    finish();
    await Promise.all([pending, held]);
    assert.deepEqual(events, ['old ended', 'new ran']);
  });
});
