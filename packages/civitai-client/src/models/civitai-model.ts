import { z } from 'zod';
import { described, idField } from '../answers/fields.ts';
import { stateOf, versionSchema, type CivitaiState, type CivitaiVersion } from '../versions/civitai-version.ts';

/** A model with its versions, the newest first. */
export interface CivitaiModel {
  readonly id: number;
  readonly name: string;
  /** `Checkpoint`, `LORA`, … */
  readonly type: string | null;
  /** Plain text. */
  readonly description: string | null;
  readonly nsfw: boolean;
  readonly nsfwLevel: number | null;
  readonly poi: boolean;
  readonly tags: readonly string[];
  readonly creator: string | null;
  readonly downloads: number;
  readonly state: Extract<CivitaiState, 'available' | 'archived' | 'taken-down'>;
  readonly versions: readonly CivitaiVersion[];
}

/** Checks a model. */
export const modelSchema: z.ZodType<CivitaiModel> = z
  .object({
    id: idField,
    name: z.string().max(10_000),
    type: described.text,
    description: described.html,
    nsfw: described.flag,
    nsfwLevel: described.nsfwLevel,
    poi: described.flag,
    tags: described.texts,
    mode: described.text,
    creator: z.object({ username: described.text }).nullable().catch(null).default(null),
    stats: z.object({ downloadCount: described.count }).catch({ downloadCount: 0 }).default({ downloadCount: 0 }),
    modelVersions: z.array(z.unknown()).catch([]).default([]),
  })
  .transform(({ mode, creator, stats, modelVersions, ...model }) => {
    const state = stateOf(mode, null);
    const { id, name, type, nsfw } = model;
    const versions = modelVersions.flatMap((item): CivitaiVersion[] => {
      const parsed = versionSchema.safeParse(item);
      if (!parsed.success) return [];
      const version = parsed.data;
      return [
        {
          ...version,
          modelId: version.modelId ?? id,
          model: version.model ?? { name, type, nsfw },
          state: state === 'available' ? version.state : state,
        },
      ];
    });
    return {
      ...model,
      creator: creator?.username ?? null,
      downloads: stats.downloadCount,
      state: state === 'early-access' ? 'available' : state,
      versions,
    };
  });
