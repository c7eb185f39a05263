/** One spelling of a client's address: IPv4 stays IPv4 also where it came in over an IPv6 socket. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
