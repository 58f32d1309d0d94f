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

function isComponent(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
