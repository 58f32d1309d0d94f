import type { VerifiedPart } from '../fetch-options.ts';
import { contentKeyOf } from './content-key.ts';
import { discardLeftovers } from './discard-leftovers.ts';
import type { ManagedTransfer, TransferEnd, TransferHost, TransferOwner } from './managed-transfer.ts';
import { createThrottledValue } from './throttled-value.ts';
import { createTransferBook } from './transfer-book.ts';
import type { TransferFile } from './transfer-file.ts';
import { snapshotOf } from './transfer-snapshot.ts';
import type { TransferSnapshot, TransferState } from './transfer.ts';

/** A file up to this size has no journal, and is over before a second connection would help. */
const SMALL_BYTES = 1024 * 1024;

/** @internal What a transfer is made from. */
export interface ManagedTransferParts {
  readonly host: TransferHost;
  readonly owner: TransferOwner;
  readonly file: TransferFile;
  readonly priority: number;
}

/** @internal One file on its way: a small state machine around calls of the engine. */
export function createManagedTransfer({ host, owner, file, ...parts }: ManagedTransferParts): ManagedTransfer {
  const totalBytes = file.expected?.sizeBytes ?? null;
  const book = createTransferBook(host.clock, totalBytes);
  const { promise: result, resolve, reject } = Promise.withResolvers<VerifiedPart>();
  result.catch(() => {});
  let { priority } = parts;
  let state: TransferState = 'waiting';
  let isPausedItself = false;
  let isStoring = false;
  let hasRun = false;
  /** Stops the engine, while it runs. */
  let fetching: AbortController | undefined;
  let ending: TransferEnd | undefined;
  let outcome: ManagedTransfer['outcome'];
  let leader: ManagedTransfer | null = null;
  let work: Promise<void> = Promise.resolve();

  const snapshot = (): TransferSnapshot =>
    snapshotOf({ file: file.file, state, priority, isStoring, own: book.amounts(), leader: leader?.snapshot() });
  const told = createThrottledValue({ clock: host.clock, read: snapshot });
  const touch = (): void => {
    told.touch();
    owner.touched(self, { writtenBytes: book.takeWritten() });
    host.touched(self);
  };
  const become = (next: TransferState): void => {
    state = next;
    touch();
  };
  const finish = (next: TransferState, how: NonNullable<ManagedTransfer['outcome']>): void => {
    outcome = how;
    leader = null;
    become(next);
    told.end();
    if ('part' in how) resolve(how.part);
    else reject(how.error);
    owner.ended(self);
  };
  const giveUp = async (end: TransferEnd): Promise<void> => {
    host.dequeue(self);
    if (hasRun) await host.bequeath(self);
    if (end.state === 'cancelled') await discardLeftovers(host, { ...file, hasRun });
    finish(end.state, { error: end.error });
  };
  /** A part that is being taken to its place is taken there: nothing stops it. */
  const store = async (part: VerifiedPart, deliver: () => Promise<boolean>): Promise<void> => {
    isStoring = true;
    host.storing(self);
    become('running');
    try {
      if (!(await deliver())) return;
      finish('done', { part: book.complete(part) });
    } catch (error) {
      finish('failed', { error });
    } finally {
      isStoring = false;
    }
  };
  const fetch = async (): Promise<VerifiedPart | undefined> => {
    const stop = new AbortController();
    fetching = stop;
    hasRun = true;
    book.begin();
    become('running');
    try {
      await host.inherit(self);
      const onProgress = (found: Parameters<typeof book.note>[0]): void => {
        book.note(found);
        touch();
      };
      return await host.fetch(self, { limiter: owner.limiter, signal: stop.signal, onProgress });
    } catch (error) {
      if (!stop.signal.aborted) ending ??= { state: 'failed', error };
      return undefined;
    } finally {
      fetching = undefined;
      book.end();
    }
  };
  const runOnce = async (): Promise<void> => {
    const part = await fetch();
    if (part !== undefined) {
      await store(part, async () => {
        await file.deliver?.(part);
        return true;
      });
    } else if (ending === undefined) {
      // Stopped by a pause, which may have been taken back meanwhile.
      state = 'paused';
      self.update();
      touch();
    } else await giveUp(ending);
  };
  const reuseOnce = async (part: VerifiedPart): Promise<void> => {
    leader = null;
    const shared = { ...part, bytesFetched: 0, resumedFromBytes: 0 };
    await store(shared, async () => (await file.reuse?.(shared)) === true);
    if (outcome !== undefined) {
      if (hasRun) await discardLeftovers(host, { ...file, hasRun });
    } else if (ending === undefined) {
      state = 'waiting';
      self.update();
    } else await giveUp(ending);
  };

  const self: ManagedTransfer = {
    file,
    contentKey: contentKeyOf(file),
    isSmall: totalBytes !== null && totalBytes <= SMALL_BYTES,
    get priority() {
      return priority;
    },
    get state() {
      return state;
    },
    get hasRun() {
      return hasRun;
    },
    get outcome() {
      return outcome;
    },
    snapshot,
    setBytesPresent(bytes) {
      book.onDisk(bytes);
      book.takeWritten();
    },
    update() {
      if (outcome !== undefined || ending !== undefined || isStoring) return;
      if (isPausedItself || owner.isPaused || host.isPaused) {
        if (fetching !== undefined) {
          fetching.abort(new DOMException('the transfer was paused', 'AbortError'));
        } else if (state !== 'paused') {
          host.dequeue(self);
          leader = null;
          become('paused');
        }
      } else if (fetching === undefined && leader === null) {
        if (state === 'paused') become('waiting');
        if (owner.isReady) host.enqueue(self);
      }
    },
    end(end) {
      if (outcome !== undefined || ending !== undefined) return;
      ending = end;
      if (fetching !== undefined) fetching.abort(end.error);
      else if (!isStoring) work = giveUp(end);
    },
    run() {
      work = runOnce();
      return work;
    },
    follow(next) {
      leader = next;
      touch();
    },
    leaderTouched: touch,
    reuse(part) {
      work = reuseOnce(part);
      return work;
    },
    idle: () => work,
    lostPart() {
      book.onDisk(0);
      touch();
    },
    handle: {
      file: file.file,
      progress: told.value,
      result,
      async pause() {
        isPausedItself = true;
        self.update();
        await work;
      },
      resume() {
        isPausedItself = false;
        self.update();
      },
      async cancel() {
        self.end({ state: 'cancelled', error: new DOMException('the transfer was cancelled', 'AbortError') });
        await work;
      },
      setPriority(wanted) {
        priority = wanted;
        host.moved(self);
        touch();
      },
    },
  };
  return self;
}
