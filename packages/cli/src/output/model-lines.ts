import type { ModelRecord } from '@modelkeep/core';
import { formatBytes } from './format-bytes.ts';
import { printableLine } from './printable.ts';
import { findingLines, safetyText } from './safety-lines.ts';

/** Models as aligned lines: id, type, family, size, slug. */
export function modelTable(models: readonly ModelRecord[]): string {
  const rows = models.map((model) => [
    model.id,
    model.type,
    model.family ?? '-',
    model.quantisation ?? model.precision ?? '-',
    formatBytes(model.sizeBytes),
    // Outside the library the slug is an id, which tells nobody anything.
    model.place.kind === 'external' ? `${model.slug}  ${model.officialName}` : model.slug,
  ]);
  return alignColumns([['ID', 'TYPE', 'FAMILY', 'PRECISION', 'SIZE', 'SLUG'], ...rows]);
}

/** Everything that is known of one model. */
export function modelCard(model: ModelRecord, folder: string): string {
  const origin = (name: keyof ModelRecord['origins']): string => {
    const layer = model.origins[name];
    return layer === undefined ? '' : `  (${layer})`;
  };
  const fact = (label: string, name: keyof ModelRecord['origins'], value: string | null): [string, string | null] => [
    label,
    // What somebody states to be none is shown with who says so.
    value === null || value === ''
      ? model.origins[name] === 'user'
        ? `none${origin(name)}`
        : null
      : value + origin(name),
  ];
  const { parameterCount } = model;
  const facts: [string, string | null][] = [
    ['name', model.officialName],
    fact('known as', 'name', model.name),
    ['id', model.id],
    ['slug', model.slug],
    fact('type', 'type', model.type),
    fact('family', 'family', model.family),
    fact('base model', 'baseModel', model.baseModel),
    fact('variant', 'variant', model.variant),
    ['format', model.format],
    fact('precision', 'precision', model.precision),
    fact('quantisation', 'quantisation', model.quantisation),
    fact('parameters', 'parameterCount', parameterCount === null ? null : parameterCount.toLocaleString('en')),
    fact('licence', 'licence', model.licence),
    fact('tags', 'tags', model.tags.join(', ')),
    fact('trigger words', 'triggerWords', model.triggerWords.join(', ')),
    fact('description', 'description', model.description),
    ['loading', safetyText(model.safety)],
    ['size', formatBytes(model.sizeBytes)],
    ['evicted', model.evictedAt ?? null],
    ['pinned', model.pinned === true ? 'yes' : null],
    ['complete', model.complete || model.evictedAt !== undefined ? null : `no: ${missing(model).join(', ')}`],
    ['folder', folder],
  ];
  const lines = facts
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [`${name}:`, value ?? '']);
  const sources = model.sources.map(({ provider, endpoint, repo, revision, commit, path }) =>
    provider === 'hf'
      ? `  hf:${repo ?? ''}@${commit ?? ''}/${path ?? ''}`
      : provider === 'ollama'
        ? `  ollama:${repo ?? ''}:${revision ?? ''}`
        : `  ${endpoint ?? ''}${path ?? ''}`,
  );
  const files = model.files.map((file) => [
    `  ${file.name}`,
    formatBytes(file.sizeBytes),
    file.role,
    `sha256:${file.sha256}`,
  ]);
  return [
    alignColumns(lines),
    ...findingLines(model.safety),
    'sources:',
    ...sources,
    'files:',
    alignColumns(files),
  ].join('\n');
}

function missing({ expectedFiles, files, place }: ModelRecord): string[] {
  const gone = new Set(place.kind === 'external' ? place.missing : []);
  const present = new Set(files.map(({ name }) => name).filter((name) => !gone.has(name)));
  return expectedFiles.filter((name) => !present.has(name));
}

/** Rows as text with columns of the same width. */
export function alignColumns(given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map((cell) => printableLine(cell)));
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
