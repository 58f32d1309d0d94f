import type { Logger } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { ManagedTransfer } from './managed-transfer.ts';
import { movePart } from './move-part.ts';

/** @internal Transfers of one content: one of them runs, the others wait for it and take what it has delivered. */
export interface SameContent {
  know(transfers: readonly ManagedTransfer[]): void;
  forget(transfers: readonly ManagedTransfer[]): void;
  /** Null: it may run, and others follow it until it is released. Else the one that it waits for from now on. */
  lead(transfer: ManagedTransfer): ManagedTransfer | null;
  /** It has let go of its place. @returns who waited for it */
  release(transfer: ManagedTransfer): readonly ManagedTransfer[];
  unfollow(transfer: ManagedTransfer): void;
  /** It has news: so have those that wait for it. */
  touched(transfer: ManagedTransfer): void;
  /** Gives it what a paused one has on disk. Never fails: it is fetched anew then. */
  inherit(transfer: ManagedTransfer): Promise<void>;
  /** Gives what it has on disk to one that waits for it. Never fails. */
  bequeath(transfer: ManagedTransfer): Promise<void>;
}

interface Group {
  readonly leader: ManagedTransfer;
  readonly followers: Set<ManagedTransfer>;
}

/** @internal What {@link createSameContent} works with. */
export interface SameContentOptions {
  readonly fileSystem: FileSystem;
  readonly logger: Logger;
}

/** @internal */
export function createSameContent({ fileSystem, logger }: SameContentOptions): SameContent {
  const groups = new Map<string, Group>();
  const known = new Map<string, Set<ManagedTransfer>>();

  const groupOf = ({ contentKey }: ManagedTransfer): Group | undefined =>
    contentKey === null ? undefined : groups.get(contentKey);
  const move = async (from: ManagedTransfer, to: ManagedTransfer): Promise<void> => {
    try {
      if (await movePart(fileSystem, from.file, to.file)) from.lostPart();
    } catch (error) {
      logger.warn('what another download has of the same content could not be taken over', {
        part: from.file.part,
        error: String(error),
      });
    }
  };

  return {
    know(transfers) {
      for (const transfer of transfers) {
        if (transfer.contentKey === null) continue;
        const others = known.get(transfer.contentKey);
        if (others === undefined) known.set(transfer.contentKey, new Set([transfer]));
        else others.add(transfer);
      }
    },
    forget(transfers) {
      for (const transfer of transfers) {
        if (transfer.contentKey === null) continue;
        const others = known.get(transfer.contentKey);
        others?.delete(transfer);
        if (others?.size === 0) known.delete(transfer.contentKey);
      }
    },
    lead(transfer) {
      const group = groupOf(transfer);
      if (group !== undefined) {
        group.followers.add(transfer);
        return group.leader;
      }
      if (transfer.contentKey !== null) groups.set(transfer.contentKey, { leader: transfer, followers: new Set() });
      return null;
    },
    release(transfer) {
      const group = groupOf(transfer);
      if (group?.leader !== transfer) return [];
      groups.delete(transfer.contentKey ?? '');
      return [...group.followers];
    },
    touched(transfer) {
      const group = groupOf(transfer);
      if (group?.leader === transfer) for (const follower of group.followers) follower.leaderTouched();
    },
    unfollow: (transfer) => void groupOf(transfer)?.followers.delete(transfer),
    async inherit(transfer) {
      if (transfer.isSmall || transfer.contentKey === null) return;
      for (const other of known.get(transfer.contentKey) ?? []) {
        if (other !== transfer && other.state === 'paused' && other.hasRun) await move(other, transfer);
      }
    },
    async bequeath(transfer) {
      const group = groupOf(transfer);
      if (group?.leader !== transfer || transfer.isSmall) return;
      const [heir] = group.followers;
      if (heir !== undefined) await move(transfer, heir);
    },
  };
}
