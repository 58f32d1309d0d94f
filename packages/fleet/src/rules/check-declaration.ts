import { z } from 'zod';
import type { DeclaredFile, DeclaredSelection, ModelDeclaration } from '../ports/declared-models.ts';
import { checkName, invalid } from './check-text.ts';

const MOST_MODELS = 10_000;
const words = z.array(z.string().min(1).max(1_024)).max(1_000);
const text = z.string().max(10_000).nullish();

const declaration = z.strictObject({
  key: z.string(),
  source: z.string().min(1).max(4_096),
  description: text,
  service: text,
  selection: z
    .strictObject({
      include: words.optional(),
      exclude: words.optional(),
      format: words.optional(),
      quantisation: words.optional(),
      precision: words.optional(),
      component: words.optional(),
      variant: z.string().min(1).max(1_024).optional(),
      companions: z.boolean().optional(),
    })
    .nullish(),
  files: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(4_096),
        sizeBytes: z.int().min(0).nullable(),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .nullable(),
      }),
    )
    .max(100_000)
    .optional(),
});

/** A declaration with its defaults, whose JSON is the same for the same declaration. */
export interface StoredDeclaration {
  readonly source: string;
  readonly description: string | null;
  readonly service: string | null;
  readonly selection: DeclaredSelection | null;
  readonly files: readonly DeclaredFile[];
}

/**
 * For engines: declarations as they are stored, by their keys.
 *
 * @throws `core.invalid-argument` for one that breaks a rule, and for a key that is there twice
 */
export function checkDeclarations(models: readonly ModelDeclaration[]): ReadonlyMap<string, StoredDeclaration> {
  if (models.length > MOST_MODELS) throw invalid(`more than ${MOST_MODELS} models`, 'models', models.length);
  const stored = new Map<string, StoredDeclaration>();
  for (const [place, model] of models.entries()) {
    const parsed = declaration.safeParse(model);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const at = ['models', place, ...(issue?.path ?? [])].join('.');
      throw invalid(`${at}: ${issue?.message ?? 'is no declaration'}`, at, undefined);
    }
    const key = checkName(parsed.data.key, 'key');
    if (stored.has(key)) throw invalid(`the key ${JSON.stringify(key)} is there twice`, 'models', key);
    stored.set(key, withDefaults(parsed.data));
  }
  return stored;
}

/** For engines: a declaration as it is read back; null for what is none. */
export function readDeclaration(key: string, json: unknown): StoredDeclaration | null {
  if (typeof json !== 'string') return null;
  try {
    const parsed = declaration.safeParse({ ...(JSON.parse(json) as object), key });
    return parsed.success ? withDefaults(parsed.data) : null;
  } catch {
    // What stands there was not written by this package.
    return null;
  }
}

function withDefaults(model: z.infer<typeof declaration>): StoredDeclaration {
  const { source, description, service, selection, files } = model;
  return {
    source,
    description: description ?? null,
    service: service ?? null,
    selection: selection ?? null,
    files: files ?? [],
  };
}
