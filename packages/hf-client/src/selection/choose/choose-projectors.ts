import { withThoseAbove } from '../describe/name-parts.ts';
import type { FileSelection } from '../file-selection.ts';
import type { WeightsUnit } from './weights-unit.ts';
import { fittingUnits, listOf } from './wishes.ts';

/** A projector is small and loses much: the one that every runtime can compute with comes first. */
const PREFERRED = ['F16', 'BF16', 'Q8_0', 'F32'];

/**
 * The projectors (`mmproj-*.gguf`) that go with the GGUF weights that are taken: of each that lies in the folder of such
 * weights or above it one, in the quantisation that was wished for, else in F16, BF16, Q8_0, F32.
 */
export function chooseProjectors(
  units: readonly WeightsUnit[],
  { taken, selection }: { readonly taken: ReadonlySet<WeightsUnit>; readonly selection: FileSelection },
): readonly WeightsUnit[] {
  if (selection.companions === false || listOf(selection.component).length > 0) return [];
  const models = [...taken].filter(({ format }) => format === 'gguf');
  const folders = withThoseAbove(models.map(({ folder }) => folder));
  const slots = new Map<string, WeightsUnit[]>();
  for (const unit of units) {
    if (unit.component !== 'mmproj' || !folders.has(unit.folder)) continue;
    const slot = slots.get(unit.slot);
    if (slot === undefined) slots.set(unit.slot, [unit]);
    else slot.push(unit);
  }
  return [...slots.values()].flatMap((slot) => bestOf(slot, selection));
}

function bestOf(slot: readonly WeightsUnit[], { quantisation }: FileSelection): readonly WeightsUnit[] {
  const wished = fittingUnits(slot, { quantisation });
  const preferred = fittingUnits(slot, { quantisation: PREFERRED });
  return [wished, preferred, slot].find((found) => found.length > 0)?.slice(0, 1) ?? [];
}
