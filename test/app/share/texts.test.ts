import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSettings } from '../../../app/share/settings';
import { en } from '../../../app/share/texts/en';
import { zh } from '../../../app/share/texts/zh';

describe('texts', () => {
  it('exist in both languages, and keys for clients are the same in both', () => {
    for (const [key, text] of Object.entries(en)) {
      const other = zh[key as keyof typeof en];
      if (text === key) assert.equal(other, key);
      else assert.match(other, /[\u4e00-\u9fff]/, key);
    }
  });
});

describe('the game section of the config', () => {
  it('may be left out, as may each of its keys', () => {
    assert.deepEqual(readSettings(undefined), {
      autoRegister: true,
      registrationsPerMinute: 600,
      language: 'en',
      rechargeSecretFrom: 'GAME_RECHARGE_SECRET',
    });
    assert.equal(readSettings({ autoRegister: false }).registrationsPerMinute, 600);
  });

  it('is refused with the name of the key that is wrong', () => {
    assert.throws(() => readSettings([]), /"game" must be an object/);
    assert.throws(() => readSettings({ autoRegister: 'yes' }), /"game.autoRegister" must be true or false/);
    assert.throws(() => readSettings({ registrationsPerMinute: 0 }), /"game.registrationsPerMinute"/);
    assert.throws(() => readSettings({ language: 'fr' }), /"game.language" must be "en" or "zh"/);
    assert.throws(
      () => readSettings({ rechargeSecretFrom: 'my secret' }),
      /"game.rechargeSecretFrom" must be the name of an environment variable/,
    );
  });
});
