import { isAbsolute, join } from 'node:path';
import { isId, isModelkeepError } from '@modelkeep/core';
import { readJson, writeFileAtomic, type FileSystem } from '@modelkeep/io';
import { z } from 'zod';
import type { VolumeLayout } from '../volume/layout.ts';

/** @internal A further volume of a library, as the first one remembers it. */
export interface ListedVolume {
  readonly volumeId: string;
  /** What people call it. */
  readonly label: string;
  /** Types of models that go there. */
  readonly types: readonly string[];
  /** Where it was last, by machine: absolute. */
  readonly paths: Readonly<Record<string, string>>;
  /** Where it is from the mount point of its drive, `/` between segments; null where that is not known. */
  readonly belowMount: string | null;
  /** Where it is from the first volume: two volumes that are carried together keep it. */
  readonly fromFirst: string | null;
  /** Whether it was not here when it was looked for last: its models may have changed elsewhere. */
  readonly wasAway: boolean;
}

/** @internal `.modelkeep/volumes.json` of the first volume. */
export interface VolumeList {
  readonly schema: 1;
  /** New models go there unless a type says otherwise; null is the first volume. */
  readonly defaultVolumeId: string | null;
  readonly volumes: readonly ListedVolume[];
}

const text = z.string().max(4_096);
const relative = text.refine((path) => !path.includes('\0') && !isAbsolute(path));

const listSchema: z.ZodType<VolumeList> = z.looseObject({
  schema: z.literal(1),
  defaultVolumeId: z.string().refine(isId).nullable(),
  volumes: z
    .array(
      z.looseObject({
        volumeId: z.string().refine(isId),
        label: z.string().min(1).max(200),
        types: z.array(z.string().max(200)).max(100),
        paths: z.record(
          z.string().max(100),
          text.refine((path) => isAbsolute(path) && !path.includes('\0')),
        ),
        belowMount: relative.nullable(),
        fromFirst: relative.nullable(),
        wasAway: z.boolean(),
      }),
    )
    .max(1_000),
});

/** @internal */
export const noVolumes: VolumeList = { schema: 1, defaultVolumeId: null, volumes: [] };

/** @internal Where the list is. */
export function volumeListPath(layout: VolumeLayout): string {
  return join(layout.private, 'volumes.json');
}

/** @internal The list; null where there is one that cannot be used. */
export async function readVolumeList(fileSystem: FileSystem, layout: VolumeLayout): Promise<VolumeList | null> {
  try {
    const parsed = listSchema.safeParse(await readJson(fileSystem, { path: volumeListPath(layout) }));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return noVolumes;
    if (isModelkeepError(error, 'io.corrupt-json')) return null;
    throw error;
  }
}

/** @internal Writes the list; whoever changes it holds the lock `volumes` of the first volume. */
export async function writeVolumeList(fileSystem: FileSystem, layout: VolumeLayout, list: VolumeList): Promise<void> {
  await writeFileAtomic(fileSystem, { path: volumeListPath(layout), data: `${JSON.stringify(list, null, 2)}\n` });
}
