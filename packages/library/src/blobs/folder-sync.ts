/** @internal Makes the names in a folder durable. Returns when all that was done in it before the call is. */
export type FolderSync = (folder: string) => Promise<void>;

/**
 * @internal One fsync for all who ask while another one runs: it begins after all of them have asked. Many small files
 * then cost few fsyncs, and none is reported durable before it is.
 */
export function createFolderSync(fsyncFolder: FolderSync): FolderSync {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();

  const begin = (folder: string): Promise<void> => {
    const sync = fsyncFolder(folder).finally(() => {
      if (running.get(folder) === sync) running.delete(folder);
    });
    running.set(folder, sync);
    return sync;
  };
  return (folder) => {
    const current = running.get(folder);
    if (current === undefined) return begin(folder);
    const joined = waiting.get(folder);
    if (joined !== undefined) return joined;
    const next = current
      // Whoever waits for the one that failed is told; this one is tried by itself.
      .catch(() => {})
      .then(() => {
        waiting.delete(folder);
        return begin(folder);
      });
    waiting.set(folder, next);
    return next;
  };
}
