import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BadForm, Form } from '../../../app/admin/form';
import { detailsOf, readOperation } from '../../../app/admin/operations/rules';
import { isSignedBy, readPayment, signatureOf } from '../../../app/admin/recharge/rules';

const form = (fields: string) => new Form(new URLSearchParams(fields));

function isBad(fields: string, message: RegExp, read: (form: Form) => unknown = readOperation): void {
  assert.throws(
    () => read(form(fields)),
    (error) => error instanceof BadForm && message.test(error.message),
    fields,
  );
}

describe('an operation', () => {
  it('is one of a fixed set, with what it needs', () => {
    assert.deepEqual(readOperation(form('operation=addCoins&amount=100')), { name: 'addCoins', amount: 100 });
    assert.deepEqual(readOperation(form('operation=setLevel&level=100')), { name: 'setLevel', level: 100 });
    assert.deepEqual(readOperation(form('operation=addItem&template=42004026&count=3')), { name: 'addItem', template: 42004026, count: 3 });
    assert.deepEqual(readOperation(form('operation=ban&amount=1')), { name: 'ban' });
  });

  it('is refused with the field that is wrong', () => {
    isBad('', /^operation: must be there once/);
    isBad('operation=print', /^operation: must be one of addCoins, addGold, addExp, addEnergy, setLevel, addItem, addPet, ban, unban$/);
    isBad('operation=constructor', /^operation: must be one of/);
    isBad('operation=ban&operation=unban', /^operation: must be there once/);
    for (const amount of ['', '0', '-1', '1.5', '1e3', '100000000', 'all'])
      isBad(`operation=addCoins&amount=${amount}`, /^amount: must be/);
    isBad('operation=setLevel&level=101', /^level: must be a whole number from 1 to 100$/);
    isBad('operation=addItem&template=1', /^count:/);
  });

  it('is written down with its figures', () => {
    assert.equal(detailsOf({ name: 'addItem', template: 5, count: 2 }), 'template=5 count=2');
    assert.equal(detailsOf({ name: 'ban' }), '');
  });
});

describe('a payment', () => {
  const fields = 'orderid=A%2F1&uid=7&rbm=600&zuan=60';
  const payment = { orderid: 'A/1', uid: 7, rbm: 600, zuan: 60 };

  it('is read field by field', () => {
    assert.deepEqual(readPayment(form(fields)), payment);
    isBad('uid=7&rbm=600&zuan=60', /^orderid:/, readPayment);
    isBad('orderid=A&uid=x&rbm=600&zuan=60', /^uid:/, readPayment);
    isBad('orderid=A&uid=7&rbm=600&zuan=0', /^zuan:/, readPayment);
  });

  it('is signed as a whole', () => {
    const sign = signatureOf(payment, 'secret');
    assert.match(sign, /^[0-9a-f]{64}$/);
    assert.ok(isSignedBy(payment, sign, 'secret'));
    assert.ok(!isSignedBy(payment, sign, 'another'));
    assert.ok(!isSignedBy(payment, sign.slice(1), 'secret'));
    assert.ok(!isSignedBy({ ...payment, orderid: 'A/2' }, sign, 'secret'));
    assert.ok(!isSignedBy({ ...payment, zuan: 61 }, sign, 'secret'));
    // Two payments whose fields run into each other differently.
    assert.notEqual(signatureOf({ ...payment, orderid: '1&rbm=2' }, 's'), signatureOf({ ...payment, orderid: '1' }, 's'));
  });
});
