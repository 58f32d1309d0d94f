import { plainText } from '@modelkeep/core';
import { z } from 'zod';

const MAX_TEXT = 100_000;

/** An id, which questions are made of. */
export const idField: z.ZodType<number> = z.int().positive();

const time = z
  .string()
  .transform((text) => (Number.isFinite(Date.parse(text)) ? new Date(text).toISOString() : null))
  .nullable();

/** Fields that only describe: one that is malformed is as good as absent and never fails an answer. */
export const described: {
  readonly text: z.ZodType<string | null>;
  /** HTML, of which the text is kept. */
  readonly html: z.ZodType<string | null>;
  readonly id: z.ZodType<number | null>;
  readonly count: z.ZodType<number>;
  readonly amount: z.ZodType<number | null>;
  readonly flag: z.ZodType<boolean>;
  readonly time: z.ZodType<string | null>;
  readonly url: z.ZodType<string | null>;
  readonly texts: z.ZodType<string[]>;
  readonly nsfwLevel: z.ZodType<number | null>;
} = {
  text: z.string().max(MAX_TEXT).nullable().catch(null).default(null),
  html: z
    .string()
    .transform((html) => plainText(html, 20_000))
    .nullable()
    .catch(null)
    .default(null),
  id: z.int().positive().nullable().catch(null).default(null),
  count: z.number().nonnegative().catch(0).default(0),
  amount: z.number().nonnegative().nullable().catch(null).default(null),
  flag: z.boolean().catch(false).default(false),
  time: time.catch(null).default(null),
  url: z
    .string()
    .max(4_096)
    .refine((text) => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol))
    .transform((text) => withoutToken(text))
    .nullable()
    .catch(null)
    .default(null),
  texts: z
    .array(z.unknown())
    .catch([])
    .default([])
    .transform((items) => items.flatMap((item) => textOf(item))),
  nsfwLevel: z
    .union([z.int().nonnegative(), z.string().transform((word) => levels.get(word.toLowerCase()) ?? null)])
    .nullable()
    .catch(null)
    .default(null),
};

/** The older words for what are flags today. */
const levels: ReadonlyMap<string, number> = new Map([
  ['none', 1],
  ['soft', 2],
  ['mature', 4],
  ['x', 8],
]);

function textOf(item: unknown): string[] {
  if (typeof item === 'string') return [item.slice(0, MAX_TEXT)];
  if (typeof item !== 'object' || item === null || !('name' in item)) return [];
  return typeof item.name === 'string' ? [item.name.slice(0, MAX_TEXT)] : [];
}

function withoutToken(text: string): string {
  const url = new URL(text);
  url.searchParams.delete('token');
  return url.href;
}
