/** A peer of a test that is a process of its own: `node peer.js root|leaf PORT`. It ends with its parent. */
import { mapTarget, SECRET, startLeaf, startRoot } from './support';

const targets = {
  echo: (value: unknown) => value,
  never: () => new Promise(() => {}),
  async echoLater(value: unknown) {
    return value;
  },
  next,
  nextToo: (n: number) => next(n),
  received: () => ({ count: expected, outOfOrder }),
};

/** The number that must come next of a peer that counts, and how often another came. */
let expected = 0;
let outOfOrder = 0;

function next(n: number): number {
  if (n !== expected) outOfOrder++;
  expected = n + 1;
  return n;
}

async function main([role, port]: readonly string[]): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  if (role === 'root') {
    const root = await startRoot({ secret: SECRET }, Number(port));
    for (const [name, target] of Object.entries(targets)) mapTarget(root, name, target);
    process.send?.({ port: root.port });
  } else {
    const leaf = await startLeaf(Number(port));
    for (const [name, target] of Object.entries(targets)) mapTarget(leaf, name, target);
    process.send?.({ port: Number(port) });
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
