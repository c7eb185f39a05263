/** PROXY headers of version 2 as a proxy would send them, or would not. */
import { isIPv6 } from 'node:net';

export interface HeaderParts {
  readonly address?: string;
  readonly command?: number;
  readonly family?: number;
  readonly addresses?: Buffer;
  readonly tlvs?: Buffer;
}

export function proxyHeader({ address, command = 0x21, family, addresses, tlvs = Buffer.alloc(0) }: HeaderParts): Buffer {
  const v6 = address !== undefined && isIPv6(address);
  const rest = Buffer.concat([addresses ?? (address === undefined ? Buffer.alloc(0) : endpoints(address, v6)), tlvs]);
  const head = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  head[12] = command;
  head[13] = family ?? (address === undefined ? 0 : v6 ? 0x21 : 0x11);
  head.writeUInt16BE(rest.length, 14);
  return Buffer.concat([head, rest]);
}

/** Source, destination and both ports; the destination is of no interest. */
function endpoints(address: string, v6: boolean): Buffer {
  const source = v6 ? ipv6(address) : Buffer.from(address.split('.').map(Number));
  return Buffer.concat([source, Buffer.alloc(source.length), Buffer.from([0x30, 0x39, 0x2a, 0xf9])]);
}

function ipv6(address: string): Buffer {
  const [left = '', right = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [groups(left), groups(right)];
  const all = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
