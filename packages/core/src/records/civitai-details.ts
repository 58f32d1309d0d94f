/** What Civitai says of one version of a model, in its own words. Null: it does not say. Plain data. */
export interface CivitaiDetails {
  readonly modelId: number | null;
  readonly versionId: number | null;
  /** Of the file among those of the version. */
  readonly fileId: number | null;
  readonly modelName: string | null;
  /** `Checkpoint`, `LORA`, `TextualInversion`, … */
  readonly modelType: string | null;
  readonly baseModel: string | null;
  readonly versionName: string | null;
  readonly versionDescription: string | null;
  /** ISO 8601. */
  readonly publishedAt: string | null;
  readonly trainedWords: readonly string[] | null;
  /** Without a token. */
  readonly downloadUrl: string | null;
  /** In units of 1,024 bytes, with a fraction. */
  readonly fileSizeKb: number | null;
  /** A sum of flags: 1 PG, 2 PG-13, 4 R, 8 X, 16 XXX, 32 blocked. */
  readonly nsfwLevel: number | null;
  readonly creator: string | null;
}

/** The names of {@link CivitaiDetails}, in their order. */
export const civitaiDetailNames: readonly (keyof CivitaiDetails)[] = [
  'modelId',
  'versionId',
  'fileId',
  'modelName',
  'modelType',
  'baseModel',
  'versionName',
  'versionDescription',
  'publishedAt',
  'trainedWords',
  'downloadUrl',
  'fileSizeKb',
  'nsfwLevel',
  'creator',
];

/** Details of which nothing is said. */
export const noCivitaiDetails: CivitaiDetails = {
  modelId: null,
  versionId: null,
  fileId: null,
  modelName: null,
  modelType: null,
  baseModel: null,
  versionName: null,
  versionDescription: null,
  publishedAt: null,
  trainedWords: null,
  downloadUrl: null,
  fileSizeKb: null,
  nsfwLevel: null,
  creator: null,
};
