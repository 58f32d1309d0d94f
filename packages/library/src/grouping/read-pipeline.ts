import { partNeeds } from '@modelkeep/formats';

/**
 * The component folders that a model_index.json names: each key whose value is `[library, class]`.
 *
 * @returns null when the file is no description of a pipeline
 */
export function pipelineComponents(json: unknown): string[] | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const entries = Object.entries(json);
  if (!entries.some(([key, value]) => key === '_class_name' && typeof value === 'string')) return null;
  return entries
    .filter(([key, value]) => !key.startsWith('_') && isComponent(value) && !/[/\\]/u.test(key) && key !== '..')
    .map(([key]) => key);
}

/** What pipelines do without. */
const OPTIONAL = 'safety_checker';

/**
 * Where each component that a model_index.json names has its weights, unless its repo has cut or named them in another way:
 * paths below its folder.
 */
export function pipelineWeights(json: unknown): string[] {
  const components = new Set(pipelineComponents(json));
  return Object.entries(json ?? {}).flatMap(([name, value]: [string, unknown]) => {
    if (!components.has(name) || name === OPTIONAL || !isComponent(value)) return [];
    const [library, className] = value;
    const { weights } = partNeeds({ library, className });
    return weights === null ? [] : [`${name}/${weights}`];
  });
}

function isComponent(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
