/** Addresses of this machine and of others: one spelling for each. Pure. */

export const LOOPBACK = '127.0.0.1';

/** IPv4 stays IPv4 also where it came in over an IPv6 socket. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

/** Whether a host or an address is this machine's own, and nobody else's. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(plainAddress(host));
}
