import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DuplicateTarget, NoSuchTarget } from '../../src/errors';
import { CommandService } from '../../src/services/commandservice';

describe('CommandService', () => {
  it('takes the number from the end of the name, or as it is given', () => {
    const service = new CommandService('net');
    service.mapTarget(function login_101() {
      return 'login';
    });
    service.mapTarget(function enter_2_game_0103() {
      return 'enter';
    });
    service.mapTarget(() => 'zero', 0);
    service.mapTarget(() => 'max', 0xffff_ffff);
    assert.deepEqual(service.keys(), [101, 103, 0, 0xffff_ffff]);
    assert.deepEqual(
      [101, 103, 0, 0xffff_ffff].map((command) => service.callTarget(command)),
      ['login', 'enter', 'zero', 'max'],
    );
  });

  it('refuses names without a number and numbers that no frame can carry', () => {
    const service = new CommandService('net');
    assert.throws(
      () =>
        service.mapTarget(function login() {
          return 1;
        }),
      /login: a command's name must end in _<number>/,
    );
    assert.throws(
      () =>
        service.mapTarget(function login_4294967296() {
          return 1;
        }),
      TypeError,
    );
    for (const command of [-1, 1.5, 2 ** 32, Number.NaN]) assert.throws(() => service.mapTarget(() => 1, command), TypeError);
  });

  it('refuses a number that is taken: 1 and 01 are one', () => {
    const service = new CommandService('net');
    service.mapTarget(() => 1, 1);
    assert.throws(
      () =>
        service.mapTarget(function again_01() {
          return 2;
        }),
      DuplicateTarget,
    );
  });

  it('gives what has no target to the catch-all, with the command first', () => {
    const service = new CommandService('net');
    assert.throws(() => service.callTarget(7, 'conn'), NoSuchTarget);
    service.mapCatchAll((...args: unknown[]) => args);
    service.mapTarget((...args: unknown[]) => args, 1);
    assert.deepEqual(service.callTarget(7, 'conn', 'data'), [7, 'conn', 'data']);
    assert.deepEqual(service.callTarget(1, 'conn', 'data'), ['conn', 'data']);
    assert.deepEqual(service.keys(), [1]);
    assert.throws(() => service.mapCatchAll(() => 1), DuplicateTarget);
  });

  it('copies the catch-all with the rest, and stays serial', async () => {
    const service = new CommandService('net', { serial: true });
    const events: string[] = [];
    service.mapCatchAll(async (command: number) => {
      await Promise.resolve();
      events.push(`ended ${command}`);
    });
    const copy = service.copy(() => true);
    copy.mapTarget(() => events.push('own'), 1);
    const calls = [copy.callTarget(7, 'session'), copy.callTarget(8, 'session'), copy.callTarget(1, 'session')];
    copy.callTarget(1, 'other');
    await Promise.all(calls);
    assert.deepEqual(events, ['own', 'ended 7', 'ended 8', 'own']);
  });
});
