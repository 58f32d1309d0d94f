import type { ShardPosition } from './file-description.ts';

/** `model-00001-of-00003.safetensors`, also with the precision behind: `model-00001-of-00003.fp16.safetensors`. */
const NUMBERED = /^(?<stem>.+?)-(?<index>\d{4,6})-of-(?<count>\d{4,6})(?<rest>(?:\.[a-z0-9_]+){1,3})$/iu;
/** `x.gguf.part1of2` */
const PART = /^(?<stem>.+\.gguf)\.part(?<index>\d{1,4})of(?<count>\d{1,4})$/iu;
/** `x.gguf-split-a`, `x.gguf-split-b`: how many there are is not told. */
const SPLIT = /^(?<stem>.+\.gguf)-split-(?<letter>[a-z])$/iu;
/** `consolidated.00.pth`, `consolidated.01.pth`: one file for each device of the makers. */
const CONSOLIDATED = /^consolidated\.(?<index>\d{2})\.(?<extension>pth|safetensors)$/iu;

/** Which part of a set a file is by its base name; null for a file that stands alone. */
export function shardPositionOf(base: string): ShardPosition | null {
  const numbered = NUMBERED.exec(base)?.groups;
  if (numbered !== undefined) {
    const { stem = '', rest = '', index, count } = numbered;
    return position({ stem: `${stem}${rest}`, index: Number(index), count: Number(count), kind: 'shard' });
  }
  const part = PART.exec(base)?.groups;
  if (part !== undefined) {
    const { stem = '', index, count } = part;
    return position({ stem, index: Number(index), count: Number(count), kind: 'piece' });
  }
  const split = SPLIT.exec(base)?.groups;
  if (split !== undefined) {
    const { stem = '', letter = '' } = split;
    return { stem, index: letter.toLowerCase().charCodeAt(0) - 96, count: null, kind: 'piece' };
  }
  const consolidated = CONSOLIDATED.exec(base)?.groups;
  if (consolidated === undefined) return null;
  const { index, extension = '' } = consolidated;
  return { stem: `consolidated.${extension}`, index: Number(index), count: null, kind: 'shard' };
}

/** A set of one is no set, and a number past the end is part of a name. */
function position(found: ShardPosition & { readonly count: number }): ShardPosition | null {
  return found.count < 2 || found.index > found.count ? null : found;
}
