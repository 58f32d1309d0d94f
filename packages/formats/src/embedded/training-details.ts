import { cleanText } from './clean-text.ts';

/** What a trainer noted in a header, in its own words. Claims, and never an identity. */
export type TrainingDetails = Readonly<Record<string, string | number | readonly string[]>>;

const MAX_TAG_CHARS = 4_000_000;
const MAX_TAGS = 50;
/** The hash of nothing: one trainer wrote it into every file. */
const NOTHING = 'e3b0c442';

const texts: ReadonlyMap<string, string> = new Map([
  ['ss_network_module', 'networkModule'],
  ['ss_sd_model_name', 'trainedOn'],
  ['ss_new_sd_model_hash', 'trainedOnSha256'],
  ['ss_resolution', 'resolution'],
  ['ss_output_name', 'outputName'],
  ['ot_branch', 'oneTrainerBranch'],
  ['ot_revision', 'oneTrainerRevision'],
  ['sshs_model_hash', 'claimedTensorHash'],
  ['modelspec.hash_sha256', 'claimedSha256'],
  ['modelspec.author', 'author'],
  ['modelspec.date', 'date'],
  ['modelspec.usage_hint', 'usageHint'],
  ['software', 'software'],
]);
const numbers: ReadonlyMap<string, string> = new Map([
  ['ss_network_dim', 'networkDimension'],
  ['ss_network_alpha', 'networkAlpha'],
  ['ss_clip_skip', 'clipSkip'],
  ['ss_num_train_images', 'trainedImages'],
  ['ss_epoch', 'epoch'],
  ['ss_steps', 'steps'],
]);

/** @internal What kohya's trainer, OneTrainer and the model specification note beside what a model is; null for nothing. */
export function trainingDetails(metadata: ReadonlyMap<string, string>): TrainingDetails | null {
  const details: Record<string, string | number | readonly string[]> = {};
  for (const [key, name] of texts) {
    const text = cleanText(metadata.get(key), 500);
    if (text !== null && !text.replace(/^0x/iu, '').startsWith(NOTHING)) details[name] = text;
  }
  for (const [key, name] of numbers) {
    const number = Number(metadata.get(key) ?? Number.NaN);
    if (Number.isFinite(number)) details[name] = number;
  }
  const finishedAt = Number(metadata.get('ss_training_finished_at') ?? Number.NaN) * 1_000;
  if (finishedAt > 0 && finishedAt < 1e13) details['finishedAt'] = new Date(finishedAt).toISOString();
  const tags = frequentTags(metadata.get('ss_tag_frequency'));
  if (tags.length > 0) details['frequentTags'] = tags;
  return Object.keys(details).length === 0 ? null : details;
}

/** `ss_tag_frequency` is JSON in a text: `{folder: {tag: count}}`. */
function frequentTags(text: string | undefined): string[] {
  if (text === undefined || text.length > MAX_TAG_CHARS) return [];
  let folders: unknown;
  try {
    folders = JSON.parse(text);
  } catch {
    // It throws for nothing but what is no JSON.
    return [];
  }
  const counts = new Map<string, number>();
  for (const folder of Object.values(isObject(folders) ? folders : {})) {
    for (const [tag, count] of Object.entries(isObject(folder) ? folder : {})) {
      if (typeof count === 'number' && Number.isFinite(count)) counts.set(tag, (counts.get(tag) ?? 0) + count);
    }
  }
  return [...counts]
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, MAX_TAGS)
    .flatMap(([tag]) => cleanText(tag, 128) ?? []);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
