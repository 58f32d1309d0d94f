import { canonicalPrecision } from '../describe/precision.ts';
import { canonicalQuantisation } from '../describe/quantisation.ts';
import type { FileSelection } from '../file-selection.ts';
import type { WeightsUnit } from './weights-unit.ts';

/** The wish for weights whose names tell no precision. */
export const UNLABELLED = 'unlabelled';

/** One wish or several as a list. */
export function listOf<T extends string>(wish: T | readonly T[] | undefined): readonly T[] {
  if (wish === undefined) return [];
  return typeof wish === 'string' ? [wish] : wish;
}

/** Whether a selection says what the weights are to be, and not only which files. */
export function isByWeights(selection: FileSelection): boolean {
  const { format, quantisation, precision, component, variant } = selection;
  return [format, quantisation, precision, component].some((wish) => listOf(wish).length > 0) || variant !== undefined;
}

/** Whether a selection wishes for a quantisation or a precision. */
export function hasLabelWish({ quantisation, precision }: FileSelection): boolean {
  return listOf(quantisation).length > 0 || listOf(precision).length > 0;
}

/**
 * Those units that fit the first wish that any of them fits: exactly, else in a wider sense of the word.
 *
 * @param units - of one slot
 */
export function fittingUnits(units: readonly WeightsUnit[], selection: FileSelection): readonly WeightsUnit[] {
  return [
    ...firstFitting(units, listOf(selection.quantisation), quantisationRank),
    ...firstFitting(units, listOf(selection.precision), precisionRank),
  ];
}

function firstFitting(
  units: readonly WeightsUnit[],
  wishes: readonly string[],
  rankOf: (wish: string, unit: WeightsUnit) => number,
): readonly WeightsUnit[] {
  for (const wish of wishes) {
    const ranked = units.map((unit) => ({ unit, rank: rankOf(wish, unit) }));
    const best = ranked.reduce((least, { rank }) => Math.min(least, rank), NO_FIT);
    if (best < NO_FIT) return ranked.filter(({ rank }) => rank === best).map(({ unit }) => unit);
  }
  return [];
}

/** Lower is better. */
const NO_FIT = 9;

function quantisationRank(wish: string, { quantisation }: WeightsUnit): number {
  const wanted = canonicalQuantisation(wish);
  const forms = [wanted, `UD-${wanted}`, `${wanted}_M`];
  const rank = quantisation === null ? -1 : forms.indexOf(quantisation);
  return rank === -1 ? NO_FIT : rank;
}

function precisionRank(wish: string, { precision, quantisation }: WeightsUnit): number {
  if (quantisation !== null) return NO_FIT;
  const wanted = canonicalPrecision(wish);
  if (precision === null) return wanted === UNLABELLED ? 0 : NO_FIT;
  if (precision === wanted) return 0;
  return precision.startsWith(`${wanted}_`) ? 1 : NO_FIT;
}
