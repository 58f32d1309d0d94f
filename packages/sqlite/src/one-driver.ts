import { ModelkeepError } from '@modelkeep/core';

/** On the global object, so that two installs of this package count together. */
const REGISTRY = Symbol.for('modelkeep.sqlite.drivers-in-use');

/**
 * @internal Notes that a driver is in use in this process, until the returned function is called. A second driver would
 * bring a second copy of SQLite, and closing a file in one drops the locks that the other holds on it: two processes then
 * write into one transaction.
 *
 * @throws `core.invalid-argument` while another driver is in use
 */
export function claimDriver(driver: string): () => void {
  const holder = globalThis as { [REGISTRY]?: Map<string, number> };
  const inUse = (holder[REGISTRY] ??= new Map());
  const other = [...inUse.keys()].find((it) => it !== driver);
  if (other !== undefined) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `SQLite is in use through "${other}" in this process: "${driver}" cannot be used beside it`,
      facts: { argument: 'driver', found: driver },
      hint: 'choose one driver for everything in a process',
    });
  }
  inUse.set(driver, (inUse.get(driver) ?? 0) + 1);
  let released = false;
  return () => {
    if (released) return;
    released = true;
    const left = (inUse.get(driver) ?? 1) - 1;
    if (left === 0) inUse.delete(driver);
    else inUse.set(driver, left);
  };
}
