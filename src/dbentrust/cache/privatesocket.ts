/**
 * Where the embedded memcached listens: at a socket in a folder that only processes of this user reach.
 *
 * It asks nobody who they are, so a port, on loopback even, would let every user of the machine read and change what nodes believe. Nodes of other
 * machines read through the writer.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LOOPBACK } from '../../config/address';
import { giveToFolder, makeOwnFolder } from '../../config/ownfiles';
import type { EmbeddedMemcached } from './embedded';
import { UNIX } from './memclient';

/** Of its own for each process: one that was frozen takes away no other's when it ends. */
const NAME = /^memcached-[0-9a-f]{12}$/;

/** What fits the system's address of a socket, on Linux and macOS; more would be cut off. */
const PATH_BYTES = 103;

export interface PrivatePlace {
  /** For `MemClient.connect`. */
  readonly url: string;
  /** Takes away what lies around when the server is closed. */
  leave(): Promise<void>;
}

/** @param folder is made, for this user alone, if it is not there. @throws StartFailed, or what the file system throws */
export async function listenPrivately(server: EmbeddedMemcached, folder: string): Promise<PrivatePlace> {
  // Sockets of Windows have no owner.
  if (process.platform === 'win32') return { url: `${LOOPBACK}:${await server.listen(0, LOOPBACK)}`, leave: async () => {} };
  makeOwnFolder(folder);
  await removeDead(folder);
  const name = `memcached-${randomBytes(6).toString('hex')}`;
  const wanted = join(folder, name);
  const path = Buffer.byteLength(wanted) <= PATH_BYTES ? wanted : join(await mkdtemp(join(tmpdir(), 'firefly-')), name);
  await server.listenAt(path);
  giveToFolder(path);
  return { url: UNIX + path, leave: async () => void (path !== wanted && (await rm(dirname(path), { recursive: true, force: true }))) };
}

/** Whether this process may use what listens there. What is no path of a socket is not looked at. */
export async function isOpenToUs(url: string): Promise<boolean> {
  if (!url.startsWith(UNIX)) return true;
  return await access(url.slice(UNIX.length), constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Sockets of processes that were killed. */
async function removeDead(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (NAME.test(name) && !(await isListening(path))) await rm(path, { force: true });
  }
}

async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    // Anything else, such as a queue that is full, may be somebody.
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
