import { ModelkeepError, redactUrl } from '@modelkeep/core';
import { z } from 'zod';
import { parseAnswer } from '../answers/parse-answer.ts';
import type { CivitaiContext } from '../client/civitai-context.ts';
import { civitaiError } from '../errors/civitai-error.ts';

const MAX_PAGES = 10_000;
const MAX_CURSOR_CHARS = 2_048;

const pageSchema = z.object({
  items: z.array(z.unknown()),
  metadata: z
    .object({ nextCursor: z.union([z.string(), z.number()]).nullable().catch(null).default(null) })
    .catch({ nextCursor: null })
    .default({ nextCursor: null }),
});

/** What {@link readPages} reads. */
export interface PagesOptions {
  /** Below the endpoint. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The items of a list, page by page: the next page is fetched when it is asked for. The cursor comes out of an answer, so
 * it only ever is a parameter of our own question, and none counts twice.
 *
 * @throws `civitai.*`, `network.*`; `civitai.unexpected` for a list that goes in circles
 */
export async function* readPages(context: CivitaiContext, options: PagesOptions): AsyncGenerator {
  const seen = new Set<string>();
  for (let cursor: string | null = null; ;) {
    const url = addressOf(context.endpoint, options, cursor);
    const answer = await context.http.json({ url, signal: options.signal });
    if (answer.status !== 200) throw civitaiError(answer, { what: 'list', id: null });
    const { items, metadata } = parseAnswer(pageSchema, answer.url, answer.value);
    yield* items;
    const next = metadata.nextCursor === null ? null : String(metadata.nextCursor);
    if (next === null || next === '' || items.length === 0) return;
    if (seen.has(next) || seen.size >= MAX_PAGES || next.length > MAX_CURSOR_CHARS) {
      throw new ModelkeepError('civitai.unexpected', {
        message: `the list at ${redactUrl(answer.url)} does not end`,
        facts: {
          status: answer.status,
          url: redactUrl(answer.url),
          reason: 'the cursor of the next page was there before',
        },
      });
    }
    seen.add(next);
    cursor = next;
  }
}

function addressOf(endpoint: string, { path, parameters }: PagesOptions, cursor: string | null): string {
  const url = new URL(`${endpoint}${path}`);
  const all: PagesOptions['parameters'] = { ...parameters, cursor: cursor ?? undefined };
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined) continue;
    const values = typeof value === 'object' ? value : [String(value)];
    for (const one of values) url.searchParams.append(name, one);
  }
  return url.href;
}
