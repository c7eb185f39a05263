/** What FIREFLY_PORT_OFFSET adds to every port of a cluster. @throws Error when it is no whole number */
export function portOffset(): number {
  const { FIREFLY_PORT_OFFSET: text = '0' } = process.env;
  if (!/^\d{1,5}$/.test(text)) throw new Error(`FIREFLY_PORT_OFFSET must be a whole number; it is ${JSON.stringify(text)}`);
  return Number(text);
}
