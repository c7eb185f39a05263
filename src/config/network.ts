/** Whom a client's address stands for when connections are counted. */

/**
 * Whose an address is: an IPv4 address stands for itself, an IPv6 address for its /64, since nobody is given less than that and can then take any
 * address of it.
 *
 * @param address as `plainAddress` gives it
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [before = '', after] = (address.split('%')[0] ?? '').split('::');
  const first = groupsOf(before);
  const last = groupsOf(after ?? '');
  const left = Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array<string>(left).fill('0'), ...last].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

function groupsOf(part: string): string[] {
  // An IPv4 address at the end takes the place of two groups; which does not matter, the first four are wanted.
  return part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
