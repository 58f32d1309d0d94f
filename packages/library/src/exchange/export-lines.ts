import { isModelkeepError } from '@modelkeep/core';
import { parseMetadata, parseOverrides } from '../metadata/metadata-file.ts';
import { readableDocument } from '../metadata/schema-versions.ts';
import { EXPORT_SCHEMA, type ExportedModel } from './export-metadata.ts';
import { invalidExport, type TextLine } from './text-lines.ts';

/** @internal The first line says what the others are. @throws `library.invalid-export`, `core.format-newer` */
export function checkHeader({ number, text }: TextLine): void {
  const header = readableDocument(parseJson(text), 'the export', {
    field: 'schema',
    supported: EXPORT_SCHEMA,
    migrations: {},
  });
  const isHeader =
    typeof header === 'object' && header !== null && 'modelkeep' in header && header.modelkeep === 'metadata-export';
  if (!isHeader) throw invalidExport(number, 'it is no header of an export of metadata');
}

/** @internal A model, or why the line is none. A problem that the export tells of is none of ours: its reason is null. */
export function readModelLine({ number, text }: TextLine): ExportedModel | { readonly reason: string | null } {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return { reason: 'it is no JSON object' };
  if ('problem' in value) return { reason: null };
  if (!('metadata' in value)) return { reason: 'it holds no metadata' };
  try {
    const metadata = parseMetadata(value.metadata, `line ${number}`);
    const overrides = 'overrides' in value && value.overrides !== null ? value.overrides : undefined;
    return { metadata, overrides: overrides === undefined ? null : parseOverrides(overrides, `line ${number}`) };
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    return { reason: error.message };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
