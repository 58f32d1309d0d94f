import { ModelkeepError, judgeClaims, type KnownHashes } from '@modelkeep/core';
import { z } from 'zod';
import { parseAnswer } from '../answers/parse-answer.ts';
import type { CivitaiContext } from '../client/civitai-context.ts';
import { civitaiError } from '../errors/civitai-error.ts';
import { versionSchema, type CivitaiVersion } from './civitai-version.ts';

/** The site takes so many at once. */
const BATCH = 100;
const HASH = /^[0-9a-f]{8,64}$/u;
/** The hash of nothing, which is the AutoV1 of every file below a MiB: it means no file. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Asks which version has a file of one hash of any kind. @returns null where none has, or its hashes say otherwise */
export async function versionByHash(
  context: CivitaiContext,
  given: string,
  signal?: AbortSignal,
): Promise<CivitaiVersion | null> {
  const hash = given.toLowerCase();
  if (!HASH.test(hash)) throw noHash(given);
  if (NOTHING.startsWith(hash)) return null;
  if ((await freshMisses(context, [hash], signal)).has(hash)) return null;
  const url = `${context.endpoint}/api/v1/model-versions/by-hash/${hash.toUpperCase()}`;
  const answer = await context.http.json({ url, signal });
  if (answer.status !== 404 && answer.status !== 200) throw civitaiError(answer, { what: 'version', id: null });
  const version = answer.status === 404 ? null : parseAnswer(versionSchema, answer.url, answer.value);
  const isMeant = version !== null && version.files.some((file) => hasHash(file.hashes, hash));
  if (!isMeant) await context.misses.note([hash], context.clock.now(), signal);
  return isMeant ? version : null;
}

/** Asks which versions have files of these SHA-256, 100 at a time. What is remembered to be unknown is not asked. */
export async function versionsBySha256(
  context: CivitaiContext,
  given: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, CivitaiVersion>> {
  const hashes = [...new Set(given.map((hash) => hash.toLowerCase()))];
  for (const hash of hashes) if (!/^[0-9a-f]{64}$/u.test(hash)) throw noHash(hash);
  const misses = await freshMisses(context, hashes, signal);
  const asked = hashes.filter((hash) => !misses.has(hash));
  const found = new Map<string, CivitaiVersion>();
  for (let start = 0; start < asked.length; start += BATCH) {
    const batch = asked.slice(start, start + BATCH);
    const url = `${context.endpoint}/api/v1/model-versions/by-hash`;
    const body = JSON.stringify(batch.map((hash) => hash.toUpperCase()));
    const headers = { 'content-type': 'application/json' };
    const answer = await context.http.json({ method: 'POST', url, headers, body, idempotent: true, signal });
    if (answer.status !== 200) throw civitaiError(answer, { what: 'version', id: null });
    for (const version of parseAnswer(versionsSchema, answer.url, answer.value)) {
      for (const hash of batch) {
        if (version.files.some((file) => file.hashes.sha256 === hash) && !isOlder(version, found.get(hash)))
          found.set(hash, version);
      }
    }
    const unknown = batch.filter((hash) => !found.has(hash));
    if (unknown.length > 0) await context.misses.note(unknown, context.clock.now(), signal);
  }
  return found;
}

/** Which of these are remembered to be unknown, for as long as that is believed. */
export async function freshMisses(
  { misses, missTtlMs, clock }: CivitaiContext,
  hashes: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const known = await misses.find(hashes, signal);
  const now = clock.now();
  // A time in the future is of a clock that was wrong.
  return new Set([...known].filter(([, at]) => at <= now && now - at < missTtlMs).map(([hash]) => hash));
}

/** Versions that are malformed are left out: what the site does not tell well is not told. */
const versionsSchema: z.ZodType<CivitaiVersion[]> = z.array(z.unknown()).transform((items) =>
  items.flatMap((item) => {
    const parsed = versionSchema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  }),
);

/** The same file may be in several versions: the first that was made is where it comes from. */
function isOlder(version: CivitaiVersion, known: CivitaiVersion | undefined): boolean {
  return known !== undefined && known.id <= version.id;
}

/** Short hashes of other files may be the same: the answer has to tell the one that was asked for. */
function hasHash(told: CivitaiVersion['files'][number]['hashes'], hash: string): boolean {
  return Object.entries(told).some(([kind, value]) => {
    if (value === null) return false;
    const known: KnownHashes = { [kind]: hash };
    return value === hash || judgeClaims(told, known) === 'agrees';
  });
}

function noHash(found: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: `${JSON.stringify(found.slice(0, 80))} is no hash`,
    facts: { argument: 'hash', found },
    hint: 'give 8 to 64 characters of hex: a SHA-256, BLAKE3, AutoV1, AutoV2, AutoV3 or CRC32',
  });
}
