import type { ModuleGroup } from '../adapters/adapter-modules.ts';
import { architectures } from './architecture-table.ts';
import type { Architecture } from './architecture.ts';

/** What the layers of an adapter, or of a part of a model, belong to. */
export interface ArchitectureMatch {
  /** Null where several families have these layers. */
  readonly family: string | null;
  readonly variant: string | null;
  readonly baseModel: string | null;
  /** Every layer is one of its own, of the right size. */
  readonly isWhole: boolean;
  readonly confidence: number;
  readonly evidence: readonly string[];
}

interface Candidate {
  readonly architecture: Architecture;
  /** Share of the groups whose sizes are those of the architecture; null where no size is told. */
  readonly fit: number | null;
  /** Of the layers. */
  readonly knownShare: number;
  /** Every stack of blocks that is touched is touched to its last block. */
  readonly isExact: boolean;
  /** Some stack is touched so deep that its last block is no accident. */
  readonly isDeep: boolean;
  /** Every stack of blocks is touched. */
  readonly isCovered: boolean;
  /** It has no further layer of the kinds of attention that are there: trainers choose layers by the ends of their names. */
  readonly isClosed: boolean;
  /** A layer that it knows has another size. */
  readonly isContradicted: boolean;
}

/** How {@link matchArchitectures} decides. */
export interface MatchOptions {
  /** Sizes that fit nothing may have been factored in another way: they count half as much, or as untold. */
  readonly isFactored?: boolean;
  /** A tie goes to the family that the others are kin of. Right for adapters, of which it has far more. */
  readonly kinDecides: boolean;
}

/** Of the layers that a family must know; the others may be a trainer's own. */
const KNOWN_SHARE = 0.6;
/** So much fits where only layers at both ends of a model are not told. */
const MOSTLY = 0.8;
/** A stack of fewer blocks may be a choice out of a deeper one. */
const TELLING_DEPTH = 12;
/** So sure is what may be of a model that nobody told of. */
const UNSURE = 0.7;
/** Layers that models of all families have under these names. */
const COMMON = /^(?:transformer_blocks|blocks|layers)_#_(?:attn\d?|self_attn|cross_attn|attention|ff|ffn|mlp|norm\d)_/;
/** What trainers name to take layers of attention: in each block, whatever the attention is called. */
const ATTENTION = /^(.+?_#)_.*(_to_(?:[qkv]|out_#))$/;

/**
 * The architectures that have these layers. Where more than one has, the depth decides (what is made for all blocks
 * ends with the last), then whether all its stacks of blocks are there, then kinship.
 */
export function matchArchitectures(
  groups: ReadonlyMap<string, ModuleGroup>,
  { isFactored = false, kinDecides }: MatchOptions,
): ArchitectureMatch | null {
  if (groups.size === 0) return null;
  const named = architectures.flatMap((architecture) => candidateFor(architecture, groups) ?? []);
  const best = Math.max(0, ...named.map(({ fit }) => fit ?? 0));
  const enough = isFactored ? 0.01 : 0.5;
  const sized = named.filter(({ fit }) => fit !== null && fit >= enough && fit === best);
  const options = { groups: groups.size, kinDecides };
  if (sized.length > 0) {
    const found = decide(sized, {
      ...options,
      isWhole: best === 1,
      confidence: best === 1 ? 0.95 : best >= MOSTLY ? 0.8 : best >= 0.5 ? UNSURE : 0.65,
    });
    return { ...found, confidence: Math.min(found.confidence, mostSure(sized, groups)) };
  }
  const possible = named.filter(({ fit }) => fit === null || isFactored);
  const mostKnown = Math.max(0, ...possible.map(({ knownShare }) => knownShare));
  const untold = possible.filter(({ knownShare }) => knownShare === mostKnown);
  if (untold.length === 0) return null;
  const found = decide(untold, { ...options, isWhole: false, confidence: 0.7 });
  return { ...found, evidence: ['by names alone: the sizes do not tell', ...found.evidence] };
}

/** Nobody has heard of every model: layers that any may have say more only where they end with its last block. */
function mostSure(candidates: readonly Candidate[], groups: ReadonlyMap<string, ModuleGroup>): number {
  if (candidates.every(({ isContradicted }) => isContradicted)) return UNSURE;
  const areCommon = [...groups.keys()].every((name) => COMMON.test(name));
  return areCommon && !candidates.some(({ isExact }) => isExact) ? UNSURE : 1;
}

function candidateFor(architecture: Architecture, groups: ReadonlyMap<string, ModuleGroup>): Candidate | null {
  let told = 0;
  let fitting = 0;
  let known = 0;
  let isContradicted = false;
  const depths = new Map<string, number>();
  for (const [name, { maxIndices, inputs, outputs }] of groups) {
    const sizes = architecture.modules.get(name);
    if (sizes === undefined) continue;
    known += 1;
    const stack = name.slice(0, Math.max(0, name.indexOf('_#')));
    const depth = architecture.blocks[stack];
    if (depth !== undefined) {
      const used = (maxIndices[0] ?? 0) + 1;
      if (used > depth) return null;
      depths.set(stack, Math.max(depths.get(stack) ?? 0, used));
    }
    if (inputs.size + outputs.size === 0) continue;
    told += 1;
    const takes = Array.from(inputs).every((input) => sizes.some((size) => size[1] === input));
    const gives = Array.from(outputs).every((output) => sizes.some((size) => size[0] === output));
    fitting += (takes ? 0.5 : 0) + (gives ? 0.5 : 0);
    if (!takes || !gives) isContradicted = true;
  }
  if (known < groups.size * KNOWN_SHARE) return null;
  const touched = [...depths];
  const stacks = Object.keys(architecture.blocks).filter((stack) => stack !== 'vace_blocks');
  return {
    architecture,
    fit: told === 0 ? null : (fitting / told) * (known / groups.size),
    knownShare: known / groups.size,
    isExact: touched.length > 0 && touched.every(([stack, used]) => used === architecture.blocks[stack]),
    isDeep: touched.some(([, used]) => used >= TELLING_DEPTH),
    isCovered: touched.length > 0 && stacks.every((stack) => depths.has(stack)),
    isClosed: isClosed(architecture, groups),
    isContradicted,
  };
}

function isClosed({ modules }: Architecture, groups: ReadonlyMap<string, ModuleGroup>): boolean {
  const kindOf = (name: string): string | null => {
    const [, block, end] = ATTENTION.exec(name) ?? [];
    return block === undefined || end === undefined ? null : block + end;
  };
  const taken = new Set(Array.from(groups.keys(), kindOf));
  return Array.from(modules.keys()).every((name) => {
    const kind = kindOf(name);
    return kind === null || !taken.has(kind) || groups.has(name);
  });
}

interface DecideOptions {
  readonly isWhole: boolean;
  readonly confidence: number;
  readonly groups: number;
  readonly kinDecides: boolean;
}

function decide(
  candidates: readonly Candidate[],
  { confidence, groups, kinDecides, isWhole }: DecideOptions,
): ArchitectureMatch {
  const evidence = [`kinds of layers: ${groups}, as ${familiesOf(candidates).join(' or ')} has them`];
  const steps: readonly (readonly [why: string, confidence: number, keep: (candidate: Candidate) => boolean])[] = [
    ['as many blocks as', 0.85, ({ isExact }) => isExact],
    ['has each kind of block of', 0.65, ({ isCovered }) => isCovered],
    ['has each such layer of a block of', 0.65, ({ isClosed: isAll }) => isAll],
  ];
  let left = candidates;
  let sure = confidence;
  for (const [why, most, keep] of steps) {
    if (familiesOf(left).length === 1) break;
    const kept = left.filter(keep);
    if (kept.length === 0 || kept.length === left.length) continue;
    left = kept;
    sure = Math.min(sure, kept.some(({ isDeep }) => isDeep) ? most : 0.65);
    evidence.push(`${why} ${familiesOf(left).join(' or ')}`);
  }
  const families = familiesOf(left);
  const first = left.find(({ architecture }) => isHead(architecture, left))?.architecture;
  if (kinDecides && families.length > 1 && first !== undefined) {
    evidence.push(`${families.filter((family) => family !== first.family).join(' and ')} have the same layers`);
    left = left.filter(({ architecture }) => architecture.family === first.family);
    sure = Math.min(sure, 0.7);
  }
  const [family, ...others] = familiesOf(left);
  if (family === undefined || others.length > 0) {
    return { family: null, variant: null, baseModel: null, isWhole, confidence: Math.min(sure, 0.6), evidence };
  }
  return {
    family,
    variant: only(left.map(({ architecture }) => architecture.variant ?? null)),
    baseModel: only(left.map(({ architecture }) => architecture.baseModel ?? null)),
    isWhole,
    confidence: sure,
    evidence,
  };
}

const kinOf = new Map(architectures.flatMap(({ family, kin }) => (kin === undefined ? [] : [[family, kin] as const])));

/** Whether all the others are of this family, or name it as their kin, or as that of their kin. */
function isHead({ family }: Architecture, candidates: readonly Candidate[]): boolean {
  const leadsThere = (kin: string | undefined): boolean =>
    kin !== undefined && (kin === family || leadsThere(kinOf.get(kin)));
  return candidates.every(({ architecture }) => architecture.family === family || leadsThere(architecture.kin));
}

function familiesOf(candidates: readonly Candidate[]): readonly string[] {
  return [...new Set(candidates.map(({ architecture }) => architecture.family))];
}

function only<T>(values: readonly T[]): T | null {
  const [first, ...others] = new Set(values);
  return others.length > 0 ? null : (first ?? null);
}
