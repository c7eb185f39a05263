/** The files of the journal: the real ones, wrapped in the test layers that FIREFLY_FAULT names. */
import { journalLayer } from '../faults';
import { DiskFiles, type Files, type JournalFile } from './files';

export function journalFiles(): Files {
  let files: Files = new DiskFiles();
  if (journalLayer('powercut')) files = withPowerCuts(files);
  if (journalLayer('nosync')) files = withoutSync(files);
  return files;
}

/** Where nothing is synced a disk that keeps some of it by chance would leave holes, which a start refuses; then it is to keep nothing. */
function withPowerCuts(files: Files): Files {
  const { PowerCutFiles } = require('./powercut') as typeof import('./powercut');
  return new PowerCutFiles(files, undefined, journalLayer('nosync') ? 0 : undefined);
}

/** A journal that believes too early that its records are durable: what the proofs must be able to tell from a sound one. The beginning of a segment is synced. */
export function withoutSync(files: Files): Files {
  const deaf = (file: JournalFile, syncs = 0): JournalFile => ({
    read: (target, position) => file.read(target, position),
    write: (buffers, position) => file.write(buffers, position),
    datasync: () => (syncs-- > 0 ? file.datasync() : Promise.resolve()),
    truncate: (bytes) => file.truncate(bytes),
    size: () => file.size(),
    close: () => file.close(),
  });
  return {
    makeFolder: (folder) => files.makeFolder(folder),
    create: async (path, exclusive) => deaf(await files.create(path, exclusive), 1),
    open: async (path, access) => deaf(await files.open(path, access)),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncFolder: (folder) => files.syncFolder(folder),
    list: (folder) => files.list(folder),
    exists: (path) => files.exists(path),
  };
}
