import { ModelkeepError } from '@modelkeep/core';

/** @internal Brings a document of one schema to the next one. */
export type SchemaMigration = (document: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** @internal What a version of the library knows of a kind of file. */
export interface SchemaVersions {
  /** The field that holds the number. */
  readonly field: 'schema' | 'format';
  /** The schema that is written; later ones are read where they allow it. */
  readonly supported: number;
  /** The number of a document that has none; without it such a document is left to the check of its fields. */
  readonly implied?: number | undefined;
  /** By the schema that they start from. */
  readonly migrations: Readonly<Record<number, SchemaMigration>>;
}

/** @internal */
export const metadataVersions: SchemaVersions = { field: 'schema', supported: 1, migrations: {} };
/** @internal People write this file: they need not know of schemas. */
export const overridesVersions: SchemaVersions = { field: 'schema', supported: 1, implied: 1, migrations: {} };
/** @internal */
export const volumeVersions: SchemaVersions = { field: 'format', supported: 1, migrations: {} };

/**
 * @internal A document as this version reads it: an older one is migrated, a newer one is left as it is where its
 * `minReader` allows that. What it holds is checked afterwards.
 *
 * @throws `core.format-newer`
 */
export function readableDocument(document: unknown, path: string, versions: SchemaVersions): unknown {
  if (!isObject(document)) return document;
  const { field, supported, implied, migrations } = versions;
  const schema = document[field] ?? implied;
  if (!isSchemaNumber(schema)) return document;
  const { minReader } = document;
  const needed = isSchemaNumber(minReader) ? minReader : schema;
  if (schema > supported && needed > supported) throw formatNewer({ path, format: needed, supported });
  let current: Record<string, unknown> = document;
  for (let from = schema; from < supported; from += 1) {
    const migrate = migrations[from];
    if (migrate === undefined) return document;
    current = { ...migrate(current), [field]: from + 1 };
  }
  return current;
}

/** @internal Whether this version may write the document: a later one has not. */
export function isWritable(document: Versioned, { supported, implied }: SchemaVersions): boolean {
  return (document.schema ?? implied ?? supported) <= supported;
}

/** @internal Refuses to write what a later version has written. @throws `core.format-newer` */
export function requireWritable(document: Versioned, path: string, versions: SchemaVersions): void {
  const { supported } = versions;
  if (!isWritable(document, versions)) throw formatNewer({ path, format: document.schema ?? supported, supported });
}

interface Versioned {
  readonly schema?: number | undefined;
}

/** @internal */
export function formatNewer(facts: { path: string; format: number; supported: number }): ModelkeepError {
  const { path, format, supported } = facts;
  return new ModelkeepError('core.format-newer', {
    message: `${path} was written by a newer version of modelkeep (format ${format}, this one knows ${supported})`,
    facts,
    hint: 'update modelkeep',
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSchemaNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
