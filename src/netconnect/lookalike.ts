/** Guesses what foreign bytes on a game port are, so that the log can say more than "wrong header". */

const HTTP = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'PATCH ', 'DELETE ', 'OPTIONS ', 'TRACE ', 'CONNECT ', 'PRI * HTTP'];
const PROXY = ['PROXY ', '\r\n\r\n\0\r\nQUIT\n'];

const KNOWN: readonly (readonly [starts: readonly string[], what: string])[] = [
  [HTTP, 'an HTTP request; this port speaks the game protocol'],
  [['\x16\x03'], 'a TLS handshake; this port speaks plain TCP'],
  [['SSH-'], 'an SSH client'],
  [PROXY, 'a PROXY protocol header; the proxy in front must not send one'],
];

/** @param header the bytes that stand where a frame's header should */
export function lookalike(header: Buffer): string {
  const text = header.toString('latin1');
  const known = KNOWN.find(([starts]) => starts.some((start) => text.startsWith(start)));
  return known ? `it looks like ${known[1]}` : `${header.toString('hex')}; its magic or version is not the server's`;
}
