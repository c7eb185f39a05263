/** A draw among things of which some come more often than others. Pure. */

export type Weighted<T> = readonly (readonly [weight: number, thing: T])[];

/** @param below draws a whole number from 0 to one less than `bound` */
export function drawWeighted<T>(things: Weighted<T>, below: (bound: number) => number): T {
  let at = below(things.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, thing] of things) {
    if (at < weight) return thing;
    at -= weight;
  }
  throw new RangeError('nothing was drawn');
}
