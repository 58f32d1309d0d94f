import type { z } from 'zod';
import type { CivitaiContext } from '../client/civitai-context.ts';
import { imageSchema, type CivitaiImage } from '../images/civitai-image.ts';
import { modelSchema, type CivitaiModel } from '../models/civitai-model.ts';
import { readPages } from './read-pages.ts';
import type { CivitaiImagesQuery, CivitaiSearchQuery } from './search-query.ts';

/** Models that fit. What is malformed is left out. */
export function search(context: CivitaiContext, query: CivitaiSearchQuery): AsyncGenerator<CivitaiModel> {
  const { pageSize = 100, signal, ...parameters } = query;
  return parsed(
    modelSchema,
    readPages(context, { path: '/api/v1/models', parameters: { ...parameters, limit: pageSize }, signal }),
  );
}

/** Images that fit. What is malformed is left out. */
export function images(context: CivitaiContext, query: CivitaiImagesQuery): AsyncGenerator<CivitaiImage> {
  const { pageSize = 100, signal, ...parameters } = query;
  return parsed(
    imageSchema,
    readPages(context, { path: '/api/v1/images', parameters: { ...parameters, limit: pageSize }, signal }),
  );
}

async function* parsed<T>(schema: z.ZodType<T>, items: AsyncIterable<unknown>): AsyncGenerator<T> {
  for await (const item of items) {
    const result = schema.safeParse(item);
    if (result.success) yield result.data;
  }
}
