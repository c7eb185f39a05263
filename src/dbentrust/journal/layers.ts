/** The files of the journal: the real ones, wrapped in the test layers that FIREFLY_FAULT names. */
import { journalLayer } from '../faults';
import { DiskFiles, type Files, type JournalFile } from './files';

export function journalFiles(): Files {
  let files: Files = new DiskFiles();
  if (journalLayer('powercut')) files = new (require('./powercut') as typeof import('./powercut')).PowerCutFiles(files);
  if (journalLayer('nosync')) files = withoutSync(files);
  return files;
}

/** A journal that believes too early that its records are durable: what the proofs must be able to tell from a sound one. */
export function withoutSync(files: Files): Files {
  const deaf = (file: JournalFile): JournalFile => ({
    read: (target, position) => file.read(target, position),
    write: (buffers, position) => file.write(buffers, position),
    datasync: () => Promise.resolve(),
    truncate: (bytes) => file.truncate(bytes),
    size: () => file.size(),
    close: () => file.close(),
  });
  return {
    makeFolder: (folder) => files.makeFolder(folder),
    create: async (path, exclusive) => deaf(await files.create(path, exclusive)),
    open: async (path, access) => deaf(await files.open(path, access)),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncFolder: (folder) => files.syncFolder(folder),
    list: (folder) => files.list(folder),
    exists: (path) => files.exists(path),
  };
}
