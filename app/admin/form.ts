/** A request of the admin's, field by field: what stands in its address and, for a POST, in its form. */
import type { WebRequest } from 'firefly-ts';

/** More than any operation needs. */
const MAX_BYTES = 16_384;

export class BadForm extends Error {
  constructor(field: string, is: string) {
    super(`${field}: ${is}`);
    this.name = 'BadForm';
  }
}

export class Form {
  readonly #fields: URLSearchParams;

  constructor(fields: URLSearchParams) {
    this.#fields = fields;
  }

  static async of(request: WebRequest): Promise<Form> {
    const sent = request.method === 'POST' ? (await request.body(MAX_BYTES)).toString() : '';
    return new Form(new URLSearchParams([...request.query, ...new URLSearchParams(sent)]));
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  /** @throws BadForm when it is missing, is there twice, or is too long */
  text(field: string, max: number): string {
    const [value, ...more] = this.#fields.getAll(field);
    if (value === undefined || value === '' || more.length > 0 || value.length > max)
      throw new BadForm(field, `must be there once, with 1 to ${max} characters`);
    return value;
  }

  /** @throws BadForm */
  integer(field: string, min: number, max: number): number {
    const value = this.text(field, 12);
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) throw new BadForm(field, `must be a whole number from ${min} to ${max}`);
    return number;
  }
}

/** The answer to what is wrong with a request, rather than a failure of ours. */
export function refusal(status: number, error: string) {
  return { status, body: { error } };
}
