import { describeFiles } from '../describe/describe-files.ts';
import type { FileSelection, LeftReason, SelectableFile, WeightsVariant } from '../file-selection.ts';
import { chooseUnits } from './choose-units.ts';
import { fileFilter } from './file-filter.ts';
import { weightsUnits, type WeightsUnit } from './weights-unit.ts';
import { UNLABELLED } from './wishes.ts';

/** What {@link variantsOf} may be asked of: a part of a repo. */
export type VariantScope = Pick<FileSelection, 'path' | 'include' | 'exclude' | 'component'>;

/**
 * The weights that a repo offers, by format and by quantisation or precision, with their sizes; the smallest first.
 *
 * @example
 * ```ts
 * import { variantsOf, type SelectableFile } from '@modelkeep/hf-client';
 *
 * declare const files: readonly SelectableFile[];
 * for (const { label, sizeBytes } of variantsOf(files)) console.log(label, sizeBytes);
 * ```
 */
export function variantsOf(files: readonly SelectableFile[], scope: VariantScope = {}): WeightsVariant[] {
  const units = unitsWithin(weightsUnits(describeFiles(files)), fileFilter(scope));
  return offeredVariants(units, { scope, sizes: sizesOf(files) });
}

/** The units that path and globs take: those with a file that is taken and none that is excluded. */
export function unitsWithin(
  units: readonly WeightsUnit[],
  judge: (path: string) => LeftReason | null,
): readonly WeightsUnit[] {
  return units.filter(({ files: parts }) => {
    const reasons = parts.map(({ path }) => judge(path));
    return reasons.includes(null) && !reasons.includes('excluded');
  });
}

/** Sizes in bytes by path. */
export function sizesOf(files: readonly SelectableFile[]): ReadonlyMap<string, number> {
  return new Map(files.map(({ path, sizeBytes }) => [path, sizeBytes]));
}

/** The variants among units. */
export function offeredVariants(
  units: readonly WeightsUnit[],
  { scope, sizes }: { readonly scope: VariantScope; readonly sizes: ReadonlyMap<string, number> },
): WeightsVariant[] {
  const seen = new Set<string>();
  const variants: WeightsVariant[] = [];
  const scopeWish = Object.fromEntries(Object.entries(scope).filter(([, wish]) => wish !== undefined && wish !== null));
  for (const { format, quantisation, precision, variant } of units) {
    const key = JSON.stringify([format, quantisation, precision, variant]);
    if (seen.has(key)) continue;
    seen.add(key);
    const label = quantisation === null ? { precision: precision ?? UNLABELLED } : { quantisation };
    const selection: FileSelection = { ...scopeWish, format, ...label, ...(variant === null ? {} : { variant }) };
    const taken = [...chooseUnits(units, selection)].flatMap(([unit, reason]) => (reason === null ? [unit] : []));
    const files = taken.flatMap((unit) => unit.files.map(({ path }) => path));
    if (files.length === 0) continue;
    const sizeBytes = files.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
    variants.push({
      label: labelOf({ format, quantisation, precision, variant }),
      format,
      quantisation,
      precision,
      variant,
      sizeBytes,
      files,
      selection,
    });
  }
  return variants.toSorted((a, b) => a.sizeBytes - b.sizeBytes || (a.label < b.label ? -1 : 1));
}

function labelOf({
  format,
  quantisation,
  precision,
  variant,
}: Pick<WeightsUnit, 'format' | 'quantisation' | 'precision' | 'variant'>): string {
  const isCommon = format === 'safetensors' || format === 'gguf';
  const label = quantisation ?? precision;
  const words = [label === null || !isCommon ? format : null, label, variant];
  return words.filter((word) => word !== null).join(' ');
}
