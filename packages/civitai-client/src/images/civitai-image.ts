import { z } from 'zod';
import { described } from '../answers/fields.ts';

/** A picture or a video that the site shows of a version. */
export interface CivitaiImage {
  readonly id: number | null;
  readonly url: string;
  /** `image`, `video`, … */
  readonly type: string;
  /** A sum of flags: 1 PG, 2 PG-13, 4 R, 8 X, 16 XXX, 32 blocked; null where it is not told. */
  readonly nsfwLevel: number | null;
  readonly width: number | null;
  readonly height: number | null;
  /** BlurHash. */
  readonly hash: string | null;
  /** How it was made, in the words of who made it. */
  readonly meta: Readonly<Record<string, unknown>> | null;
}

/** Checks an image. */
export const imageSchema: z.ZodType<CivitaiImage> = z
  .object({
    id: described.id,
    url: described.url,
    type: described.text,
    nsfwLevel: described.nsfwLevel,
    width: described.amount,
    height: described.amount,
    hash: described.text,
    meta: z.record(z.string(), z.unknown()).nullable().catch(null).default(null),
  })
  .refine(({ url }) => url !== null, 'an image without an address')
  .transform((image) => ({ ...image, url: image.url ?? '', type: image.type ?? 'image' }));

/** A list of images: what is none is left out. */
export const imagesField: z.ZodType<CivitaiImage[]> = z
  .array(z.unknown())
  .catch([])
  .default([])
  .transform((items) =>
    items.flatMap((item) => {
      const parsed = imageSchema.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    }),
  );
