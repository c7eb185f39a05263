/**
 * Passwords as hashes: `scrypt$N$r$p$salt$hash`, salt and hash in base64.
 *
 * The parameters travel with the hash, so raising them here upgrades each account at its next login. A column that is not of this form is a
 * clear-text password of an older server; it is compared like any other and replaced by a hash at login.
 */
import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** About 50 ms and 16 MiB a password. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

const FORM = /^scrypt\$(\d{1,8})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/]{22,88}={0,2})\$([A-Za-z0-9+/]{43}=)$/;

/** What a name without an account is checked against, so that it takes as long as one with. No password fits it. */
export const NO_ACCOUNT = `scrypt$${COST.N}$${COST.r}$${COST.p}$${Buffer.alloc(SALT_BYTES).toString('base64')}$${Buffer.alloc(HASH_BYTES).toString('base64')}`;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Compares in constant time. Nothing fits an account without a password: tables made elsewhere have such rows. */
export async function checkPassword(password: string, stored: string): Promise<boolean> {
  if (stored === '') return false;
  const parts = FORM.exec(stored);
  if (!parts) return timingSafeEqual(digest(password), digest(stored));
  const [, N, r, p, salt = '', hash = ''] = parts;
  const derived = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(derived, Buffer.from(hash, 'base64'));
}

/** Whether a stored password is clear text, or hashed with other parameters than today's. */
export function isOutdated(stored: string): boolean {
  const parts = FORM.exec(stored);
  return !parts || Number(parts[1]) !== COST.N || Number(parts[2]) !== COST.r || Number(parts[3]) !== COST.p;
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
