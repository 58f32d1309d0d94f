import type { SeededRandom } from '../../builders/seeded-bytes.ts';
import type { ModelDisk } from './disk-state.ts';
import { makeDurable } from './model-disk.ts';
import { applyWrite, type FileNode, type ModelNode } from './node.ts';
import { withNeeded, type PendingNames } from './pending-names.ts';

/** How much of what was not synced a power loss leaves: nothing, all of it, or any part. */
export type PowerLoss = 'nothing' | 'everything' | 'any';

const SECTOR_BYTES = 512;

/**
 * @internal The drive after a power loss. What was fsynced is there. Of the rest each change of names is there or not,
 * those that it builds on with it; each write is there, not there, or cut off at a sector, and a gap reads as zeros.
 */
export function crashDisk(disk: ModelDisk, random: SeededRandom, loss: PowerLoss): ModelDisk {
  // What was once durable stays: odds of their own for each power loss reach both ends.
  const odds = loss === 'nothing' ? 0 : loss === 'everything' ? 100 : random.below(101);
  const survives = (): boolean => random.below(100) < odds;
  const crashed: ModelDisk = {
    options: disk.options,
    nodes: new Map(),
    descriptors: new Map(),
    pending: [],
    nextId: disk.nextId,
  };
  for (const [id, node] of disk.nodes) crashed.nodes.set(id, crashNode(node, { random, survives }));
  const kept = new Set<PendingNames>(disk.pending.filter(() => survives()));
  const withAll = withNeeded(disk.pending, kept);
  for (const change of disk.pending) if (withAll.has(change)) makeDurable(crashed, change);
  for (const node of crashed.nodes.values()) if (node.kind === 'folder') node.entries = new Map(node.durable);
  return crashed;
}

interface Fate {
  readonly random: SeededRandom;
  readonly survives: () => boolean;
}

function crashNode(node: ModelNode, fate: Fate): ModelNode {
  if (node.kind === 'symlink') return { ...node };
  if (node.kind === 'folder') return { ...node, entries: new Map(), durable: new Map(node.durable) };
  const bytes = crashBytes(node, fate);
  const mode = fate.survives() ? node.mode : node.durable.mode;
  return { ...node, bytes, mode, durable: { bytes, mode }, pending: [] };
}

function crashBytes({ durable, pending }: FileNode, { random, survives }: Fate): Uint8Array {
  let { bytes } = durable;
  for (const write of pending) {
    if (survives()) {
      bytes = applyWrite(bytes, write);
      continue;
    }
    const isTorn = write.kind === 'write' && survives();
    if (isTorn) {
      const sectors = random.below(Math.ceil(write.bytes.byteLength / SECTOR_BYTES) + 1);
      bytes = applyWrite(bytes, { ...write, bytes: write.bytes.subarray(0, sectors * SECTOR_BYTES) });
    }
  }
  return bytes;
}
