import { noCivitaiDetails, withCivitaiFile, type CivitaiDetails, type CivitaiFileClaims } from '@modelkeep/core';
import { z } from 'zod';
import { described, idField } from '../answers/fields.ts';
import { fileSchema, type CivitaiFile } from '../files/civitai-file.ts';
import { imagesField, type CivitaiImage } from '../images/civitai-image.ts';

/** Whether the files of a version can be had. */
export type CivitaiState =
  | 'available'
  /** Sold until {@link CivitaiVersion.earlyAccessEndsAt}, then free for all. */
  | 'early-access'
  /** Its maker keeps the page and has removed the files. */
  | 'archived'
  /** The site has taken it down. */
  | 'taken-down';

/** One version of a model. */
export interface CivitaiVersion {
  readonly id: number;
  readonly modelId: number | null;
  readonly name: string | null;
  /** Plain text. */
  readonly description: string | null;
  readonly baseModel: string | null;
  readonly baseModelType: string | null;
  readonly air: string | null;
  readonly status: string | null;
  readonly state: CivitaiState;
  /** ISO 8601, as all times. */
  readonly earlyAccessEndsAt: string | null;
  readonly publishedAt: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly trainedWords: readonly string[];
  readonly nsfwLevel: number | null;
  readonly downloads: number;
  /** Of its model; null where the answer does not tell. */
  readonly model: { readonly name: string | null; readonly type: string | null; readonly nsfw: boolean } | null;
  readonly files: readonly CivitaiFile[];
  readonly images: readonly CivitaiImage[];
}

/** Files that are malformed are left out: what is left can be had. */
const filesField: z.ZodType<CivitaiFile[]> = z
  .array(z.unknown())
  .catch([])
  .default([])
  .transform((items) =>
    items.flatMap((item) => {
      const parsed = fileSchema.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    }),
  );

const modelField = z
  .object({ name: described.text, type: described.text, nsfw: described.flag, mode: described.text })
  .nullable()
  .catch(null)
  .default(null);

/** Checks a version. */
export const versionSchema: z.ZodType<CivitaiVersion> = z
  .object({
    id: idField,
    modelId: described.id,
    name: described.text,
    description: described.html,
    baseModel: described.text,
    baseModelType: described.text,
    air: described.text,
    status: described.text,
    availability: described.text,
    earlyAccessEndsAt: described.time,
    earlyAccessDeadline: described.time,
    publishedAt: described.time,
    createdAt: described.time,
    updatedAt: described.time,
    trainedWords: described.texts,
    nsfwLevel: described.nsfwLevel,
    stats: z.object({ downloadCount: described.count }).catch({ downloadCount: 0 }).default({ downloadCount: 0 }),
    model: modelField,
    files: filesField,
    images: imagesField,
  })
  .transform(({ availability, earlyAccessEndsAt, earlyAccessDeadline, stats, model, ...version }) => {
    const endsAt = earlyAccessEndsAt ?? earlyAccessDeadline;
    return {
      ...version,
      model: model === null ? null : { name: model.name, type: model.type, nsfw: model.nsfw },
      downloads: stats.downloadCount,
      earlyAccessEndsAt: endsAt,
      state: stateOf(model?.mode ?? null, availability),
    };
  });

/** @internal What the words of the site mean for the files. */
export function stateOf(mode: string | null, availability: string | null): CivitaiState {
  if (mode === 'Archived') return 'archived';
  if (mode === 'TakenDown') return 'taken-down';
  return availability === 'EarlyAccess' ? 'early-access' : 'available';
}

/** What a version tells of a model, in the form that a library keeps. */
export function detailsOfVersion(version: CivitaiVersion, file: CivitaiFileClaims | null): CivitaiDetails {
  const { modelId, id, model, baseModel, name, description, publishedAt, createdAt, trainedWords, nsfwLevel } = version;
  const details = {
    ...noCivitaiDetails,
    modelId,
    versionId: id,
    modelName: model?.name ?? null,
    modelType: model?.type ?? null,
    baseModel,
    versionName: name,
    versionDescription: description,
    publishedAt: publishedAt ?? createdAt,
    trainedWords,
    nsfwLevel,
  };
  return withCivitaiFile(details, file);
}
