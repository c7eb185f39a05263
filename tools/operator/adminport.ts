/** The admin node over HTTP, with its token: what an operator and whoever takes payments ask of it. */
import { type Payment, signatureOf } from '../../app/admin/recharge/rules';
import { type HttpAnswer, http } from '../../test/helpers/http';

/** Longer than the node's own deadlines: an answer after this is none. */
const ANSWER_MS = 60_000;

export interface AdminAccess {
  readonly host?: string;
  readonly port: number;
  /** The cluster's, if it has one. */
  readonly token: string | undefined;
  /** Of payments; without it none can be told of. */
  readonly secret: string | undefined;
}

/** What the node shows of a player. */
export interface ShownPlayer {
  readonly userId: number;
  readonly username: string;
  readonly characterId: number;
  readonly level: number | null;
}

export type Fields = Readonly<Record<string, string | number>>;

export class AdminPort {
  readonly #access: AdminAccess;

  constructor(access: AdminAccess) {
    this.#access = access;
  }

  get takesPayments(): boolean {
    return this.#access.secret !== undefined;
  }

  /** An operation. @param id names it: it is made once, however often it is asked for */
  operate(fields: Fields, id: string): Promise<HttpAnswer> {
    return this.#post('/opera', { ...fields, id });
  }

  pay(payment: Payment): Promise<HttpAnswer> {
    return this.#post('/recharge', { ...payment, sign: signatureOf(payment, this.#access.secret ?? '') });
  }

  /** @returns undefined when there is none of that account, or nobody answers */
  async player(username: string): Promise<ShownPlayer | undefined> {
    const answer = await this.#ask('GET', `/players?name=${encodeURIComponent(username)}`).catch(() => undefined);
    if (answer?.status !== 200) return undefined;
    return (answer.json() as ShownPlayer[]).find((player) => player.username === username);
  }

  #post(path: string, fields: Fields): Promise<HttpAnswer> {
    const body = new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]));
    return this.#ask('POST', path, body.toString());
  }

  #ask(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const { host, port, token } = this.#access;
    const headers = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }),
    };
    return http({
      ...(host !== undefined && { host }),
      port,
      path,
      method,
      headers,
      deadlineMs: ANSWER_MS,
      ...(body !== undefined && { body }),
    });
  }
}
