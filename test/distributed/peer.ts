/** A peer of a test that is a process of its own: `node peer.js root|leaf PORT`. It ends with its parent. */
import { mapTarget, SECRET, startLeaf, startRoot } from './support';

const targets = {
  echo: (value: unknown) => value,
  never: () => new Promise(() => {}),
  async echoLater(value: unknown) {
    return value;
  },
};

async function main([role, port]: readonly string[]): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  if (role === 'root') {
    const root = await startRoot({ secret: SECRET }, Number(port));
    for (const target of Object.values(targets)) mapTarget(root, target.name, target);
    process.send?.({ port: root.port });
  } else {
    const leaf = await startLeaf(Number(port));
    for (const target of Object.values(targets)) mapTarget(leaf, target.name, target);
    process.send?.({ port: Number(port) });
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
