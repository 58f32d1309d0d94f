import { refuse } from '../protocol/refusal.ts';
import type { RepoType } from '../repo-definition.ts';

const COMMON = [
  'author',
  'cardData',
  'createdAt',
  'disabled',
  'lastModified',
  'likes',
  'private',
  'resourceGroup',
  'sha',
  'siblings',
  'tags',
  'trendingScore',
  'usedStorage',
];

/** The values that `expand` takes, as the public clients list them. */
const EXPANDABLE: Readonly<Record<RepoType, readonly string[]>> = {
  model: [
    ...COMMON,
    'baseModels',
    'childrenModelCount',
    'config',
    'downloads',
    'downloadsAllTime',
    'evalResults',
    'gated',
    'gguf',
    'inference',
    'inferenceProviderMapping',
    'library_name',
    'mask_token',
    'model-index',
    'pipeline_tag',
    'safetensors',
    'spaces',
    'transformersInfo',
    'widgetData',
  ],
  dataset: [...COMMON, 'citation', 'description', 'downloads', 'downloadsAllTime', 'gated', 'paperswithcode_id'],
  space: [...COMMON, 'datasets', 'models', 'runtime', 'sdk', 'subdomain'],
};

/** Refuses a value that is not in the list with a 400 that names the valid ones. */
export function requireOneOf(name: string, found: string, valid: readonly string[]): void {
  if (valid.includes(found)) return;
  const choices = [...valid].sort().map((value) => `"${value}"`);
  refuse(400, { message: `Invalid option: expected one of ${choices.join('|')} at ${name}` });
}

/** The properties that a query asks for, or `null` when it does not expand. */
export function readExpand(query: URLSearchParams, type: RepoType): readonly string[] | null {
  const wanted = [...query.getAll('expand'), ...query.getAll('expand[]')];
  for (const name of wanted) requireOneOf('expand', name, EXPANDABLE[type]);
  return wanted.length === 0 ? null : wanted;
}

/** The properties that were asked for; those that a repo does not have are left out. */
export function pick(facts: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => facts[name] !== undefined).map((name) => [name, facts[name]]));
}
