/**
 * `POST /recharge`: whoever takes the players' money says that an order is paid; `orderid`, `uid`, `rbm`, `zuan` and `sign`.
 *
 * It may be said again and again until it is heard: an order brings its gold once.
 */
import { type WebRequest, webserviceHandle } from 'firefly-ts';
import { gameLog, gameSettings, text } from '../../share/game';
import { Refused } from '../../share/refused';
import { BadForm, Form, refusal } from '../form';
import { recharge } from './rows';
import { isSignedBy, readPayment } from './rules';

const SIGNATURE = 64;

webserviceHandle('/recharge')(async (request: WebRequest) => {
  if (request.method !== 'POST') return refusal(405, 'POST what was paid');
  const { rechargeSecretFrom } = gameSettings();
  const secret = process.env[rechargeSecretFrom];
  if (!secret) return refusal(503, `recharging is off: the environment variable ${rechargeSecretFrom} of the admin node has no secret`);
  try {
    const form = await Form.of(request);
    const payment = readPayment(form);
    if (!isSignedBy(payment, form.text('sign', SIGNATURE), secret)) {
      gameLog()?.warn({ address: request.address }, 'a payment with a wrong signature was refused');
      return refusal(403, 'sign: not the signature of this payment');
    }
    const outcome = await recharge(payment);
    gameLog()?.info({ orderid: payment.orderid, uid: payment.uid, zuan: payment.zuan, outcome }, 'a payment was told of');
    return outcome === 'other' ? refusal(409, 'orderid: this order was another payment') : { result: true, again: outcome === 'again' };
  } catch (error) {
    if (error instanceof BadForm) return refusal(400, error.message);
    if (error instanceof Refused) return refusal(409, text(error.key, error.detail));
    throw error;
  }
});
