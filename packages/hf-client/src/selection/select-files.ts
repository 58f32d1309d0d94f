import { fileFilter } from './choose/file-filter.ts';
import { judgeByWeights } from './choose/judge-by-weights.ts';
import { offeredVariants, sizesOf, unitsWithin } from './choose/variants-of.ts';
import { weightsUnits } from './choose/weights-unit.ts';
import { isByWeights } from './choose/wishes.ts';
import { describeFiles } from './describe/describe-files.ts';
import type { FileSelection, SelectableFile, SelectedFiles } from './file-selection.ts';
import { nothingSelected } from './nothing-selected.ts';

/** What {@link selectFiles} selects. */
export interface SelectFilesOptions extends FileSelection {
  /** The repo that the files are of, to be named in errors. */
  readonly repo?: string | undefined;
}

/**
 * Picks the files of a tree that a selection means, and tells why each other one is left and what else there is. Without
 * a selection it leaves hidden files only (`.gitattributes`).
 *
 * @throws `hub.nothing-selected` with what there is to select, `core.invalid-argument` for an empty glob
 * @example
 * ```ts
 * import { selectFiles, type RepoFileEntry } from '@modelkeep/hf-client';
 *
 * declare const tree: readonly RepoFileEntry[];
 * const { files, bytesTotal } = selectFiles(tree, { quantisation: ['Q4_K_M', 'Q4_K_S'] });
 * console.log(bytesTotal, files.map(({ path }) => path));
 * const unet = selectFiles(tree, { component: 'unet', format: 'safetensors', precision: 'fp16' });
 * console.log(unet.left.map(({ path, reason }) => `${path}: ${reason}`));
 * ```
 */
export function selectFiles<F extends SelectableFile>(
  files: readonly F[],
  selection: SelectFilesOptions = {},
): SelectedFiles<F> {
  const descriptions = describeFiles(files);
  const judge = fileFilter(selection);
  const units = weightsUnits(descriptions);
  const within = unitsWithin(units, judge);
  const { path, include, exclude, component } = selection;
  const variants = offeredVariants(within, { scope: { path, include, exclude, component }, sizes: sizesOf(files) });
  const reasons = isByWeights(selection)
    ? judgeByWeights({ files: descriptions, units, within, selection, judge })
    : new Map(descriptions.map((file) => [file.path, judge(file.path)]));

  const selected = files.filter((file) => reasons.get(file.path) === null);
  if (selected.length === 0) {
    const { repo } = selection;
    const offered = variants.length > 0 ? variants : offeredVariants(units, { scope: {}, sizes: sizesOf(files) });
    const components = [...new Set(units.flatMap((unit) => unit.component ?? []))];
    throw nothingSelected({ repo, selection, files, variants: offered, components });
  }
  return {
    files: selected,
    bytesTotal: selected.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    left: files.flatMap((file) => {
      const reason = reasons.get(file.path) ?? null;
      return reason === null ? [] : [{ path: file.path, sizeBytes: file.sizeBytes, reason }];
    }),
    variants,
  };
}
