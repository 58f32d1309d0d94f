import { checkSha256 } from '../check-inventory.ts';
import type { FleetContent } from '../content.ts';
import type { CountedContent, Servers } from '../servers-port.ts';

/** A model that may do in place of another one, and why. Plain data. */
export interface Substitute {
  readonly content: CountedContent;
  /** From 0 to 1, the higher the more alike. */
  readonly likeness: number;
  readonly because: readonly string[];
}

/** How substitutes are looked for. */
export interface FindSubstitutesOptions {
  /** @default 5 */
  readonly limit?: number | undefined;
  /** Also those that no server has now. @default false */
  readonly absent?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Looked at at most; more of one type and family than this are as good as these. */
const MOST = 5_000;

/**
 * Suggests models of the same family and type for one that is not to be had, the most alike first. A model of which
 * nobody knows family and type has none.
 *
 * @throws `core.invalid-argument`, and what the store throws
 */
export async function findSubstitutes(
  servers: Servers,
  sha256: string,
  { limit = 5, absent = false, signal }: FindSubstitutesOptions = {},
): Promise<readonly Substitute[]> {
  const query = { by: 'sha256', sha256: checkSha256('sha256', sha256) } as const;
  const { contents } = await servers.availability([query], { signal });
  const [wanted] = contents;
  if (wanted === undefined || wanted.type === null || wanted.family === null) return [];
  const { type, family } = wanted;
  const candidates: CountedContent[] = [];
  for (let after: string | undefined; candidates.length < MOST;) {
    const page = await servers.contents({ type, family, after, limit: 1_000, signal });
    candidates.push(...page);
    after = page.at(-1)?.sha256;
    if (page.length < 1_000) break;
  }
  const usable = candidates.filter((one) => one.sha256 !== sha256 && (absent || one.copies > 0));
  return rankSubstitutes(wanted, usable).slice(0, limit);
}

/** Ranks models by how alike they are to one, by what is known of both. Pure; ties go by hash. */
export function rankSubstitutes(wanted: FleetContent, candidates: readonly CountedContent[]): Substitute[] {
  return candidates
    .filter(({ type, family }) => type === wanted.type && family === wanted.family)
    .map((content) => judge(wanted, content))
    .toSorted((one, other) => other.likeness - one.likeness || (one.content.sha256 < other.content.sha256 ? -1 : 1));
}

function judge(wanted: FleetContent, content: CountedContent): Substitute {
  const because = [`the same type and family: ${content.type}, ${content.family}`];
  let likeness = 0.2;
  if (content.baseModel !== null && content.baseModel === wanted.baseModel) {
    because.push(`the same base model: ${content.baseModel}`);
    likeness += 0.25;
  }
  const common = commonWords(wanted.name, content.name);
  if (common.length > 0) {
    because.push(`its name has ${common.join(', ')} as well`);
    likeness += (0.35 * common.length) / Math.max(wordsOf(wanted.name).size, wordsOf(content.name).size);
  }
  if (content.precision !== null && content.precision === wanted.precision) {
    because.push(`the same precision: ${content.precision}`);
    likeness += 0.1;
  }
  const sizes = [content.sizeBytes, wanted.sizeBytes].toSorted((one, other) => one - other);
  likeness += 0.05 * ((sizes[0] ?? 0) / (sizes[1] || 1));
  if (content.copies > 0) {
    because.push(content.copies === 1 ? 'a server has it' : `${content.copies} servers have it`);
    likeness += 0.05;
  }
  return { content, likeness: Math.round(likeness * 1_000) / 1_000, because };
}

function wordsOf(name: string | null): Set<string> {
  return new Set((name ?? '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function commonWords(one: string | null, other: string | null): string[] {
  const words = wordsOf(other);
  return [...wordsOf(one)].filter((word) => words.has(word));
}
