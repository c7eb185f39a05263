/**
 * How long things took, counted in buckets of plain numbers: recording costs a few increments and no object.
 *
 * Times are whole microseconds. Two buckets an octave, so a quantile is off by a fifth at most.
 */

/** Two for each power of two that an i32 has. */
const BUCKETS = 64;

export class Latency {
  /** By bucket. Not of whole numbers: a busy handler has four billion calls within a day. */
  readonly counts = new Float64Array(BUCKETS);
  /** Microseconds. */
  sum = 0;
  max = 0;

  /** @param us microseconds, from `elapsed` */
  record(us: number): void {
    const took = us > 0 ? us : 0;
    const octave = took === 0 ? 0 : 31 - Math.clz32(took);
    const half = octave === 0 ? 0 : (took >>> (octave - 1)) & 1;
    const bucket = octave * 2 + half;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += took;
    if (took > this.max) this.max = took;
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** How many took less than `us`, a power of two. */
  below(us: number): number {
    let sum = 0;
    for (let bucket = 0; bucket < 2 * Math.log2(us); bucket++) sum += this.counts[bucket] ?? 0;
    return sum;
  }
}

/**
 * The time that a share of calls kept to, in milliseconds; 0 when there were none.
 *
 * @param counts of a `Latency`, or the difference of two
 * @param share 0 to 1
 */
export function quantile(counts: Float64Array, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let left = total * share;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] ?? 0;
    if (count === 0) continue;
    if (left <= count) return (lowest(bucket) + (lowest(bucket + 1) - lowest(bucket)) * (left / count)) / 1_000;
    left -= count;
  }
  return 0;
}

/** The smallest time of a bucket, in microseconds. */
function lowest(bucket: number): number {
  if (bucket === 0) return 0;
  return 2 ** (bucket >> 1) * (bucket & 1 ? 1.5 : 1);
}
