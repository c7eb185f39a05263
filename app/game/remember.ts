/** What a node keeps in memory of rows beside their owners' requests, with a bound. Pure. */

/** Sets a key and makes it the youngest; beyond `most` the oldest makes room. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const [oldest] of map) {
    map.delete(oldest);
    return;
  }
}
