/** Beyond a node's own deadline: a node that keeps to it is not killed. */
export const GRACE_MS = 1_000;
