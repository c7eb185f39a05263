/** Turns what a handler returned into what travels: bytes and strings as they are, any other value as its JSON. */

/**
 * @returns nothing for `undefined` and `null`: no answer
 * @throws TypeError when the value has no JSON (a function, a cycle, a BigInt)
 */
export function payloadOf(value: unknown): Uint8Array | string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined)
    throw new TypeError(`a ${typeof value} cannot be sent to a client; return a string, bytes or what has a JSON form`);
  return json;
}

/** The same bytes as a Buffer; nothing is copied. */
export function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
