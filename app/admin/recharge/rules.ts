/** A payment, as whoever took the money tells of it, and its signature. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { MAX_COINS } from '../../game/character/coins';
import type { Form } from '../form';

export interface Payment {
  readonly orderid: string;
  /** The account's id. */
  readonly uid: number;
  /** Money, in the smallest coin. */
  readonly rbm: number;
  /** Gold for it. */
  readonly zuan: number;
}

const MAX_ORDER = 100;
const MAX_MONEY = 1_000_000_000;
const MAX_ID = 2 ** 31 - 1;

/** @throws BadForm */
export function readPayment(form: Form): Payment {
  return {
    orderid: form.text('orderid', MAX_ORDER),
    uid: form.integer('uid', 1, MAX_ID),
    rbm: form.integer('rbm', 0, MAX_MONEY),
    zuan: form.integer('zuan', 1, MAX_COINS),
  };
}

/** HMAC-SHA256 in hex over `orderid=…&rbm=…&uid=…&zuan=…`, the order percent-encoded. */
export function signatureOf({ orderid, rbm, uid, zuan }: Payment, secret: string): string {
  const signed = `orderid=${encodeURIComponent(orderid)}&rbm=${rbm}&uid=${uid}&zuan=${zuan}`;
  return createHmac('sha256', secret).update(signed).digest('hex');
}

export function isSignedBy(payment: Payment, signature: string, secret: string): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(payment, secret))];
  return given.length === right.length && timingSafeEqual(given, right);
}
