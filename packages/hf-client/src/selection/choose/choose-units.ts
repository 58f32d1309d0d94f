import { weightsFormats, type WeightsFormat } from '@modelkeep/core';
import type { FileSelection, LeftReason } from '../file-selection.ts';
import type { WeightsUnit } from './weights-unit.ts';
import { fittingUnits, hasLabelWish, listOf } from './wishes.ts';

/** What was decided about each unit: null for taken. */
export type UnitVerdicts = Map<WeightsUnit, LeftReason | null>;

/** Made from other weights for one runtime: taken only where they are asked for, or where there is nothing else. */
const CONVERTED = new Set<WeightsFormat>(['onnx', 'openvino', 'flax', 'tensorflow', 'coreml']);

/** Decides which weights a selection takes, slot by slot. */
export function chooseUnits(units: readonly WeightsUnit[], selection: FileSelection): UnitVerdicts {
  const verdicts: UnitVerdicts = new Map();
  const components = listOf(selection.component).map((component) => component.toLowerCase());
  const candidates = units.filter((unit) => {
    const reason = outOfQuestion(unit, selection, components);
    if (reason !== null) verdicts.set(unit, reason);
    return reason === null;
  });
  const formats = formatsOf(candidates, selection);
  const slots = new Map<string, WeightsUnit[]>();
  for (const unit of candidates) {
    const slot = slots.get(unit.slot);
    if (!formats.includes(unit.format)) verdicts.set(unit, 'other-format');
    else if (slot === undefined) slots.set(unit.slot, [unit]);
    else slot.push(unit);
  }

  const unserved: SettledSlot[] = [];
  const servedPipelines = new Set<string>();
  for (const slot of slots.values()) {
    const fitting = hasLabelWish(selection) ? fittingUnits(slot, selection) : slot;
    const taken = narrow(fitting, { formats, selection });
    if (taken.length === 0) unserved.push({ slot, fitting, taken });
    else settle(verdicts, { slot, fitting, taken });
    for (const { pipeline } of taken) if (pipeline !== null) servedPipelines.add(pipeline);
  }
  for (const { slot, fitting } of unserved) {
    // A pipeline loads only with all of its parts: one that does not have the wished-for weights comes as it is.
    const usable = slot.filter(({ pipeline, precision, quantisation, variant }) => {
      return pipeline !== null && servedPipelines.has(pipeline) && (precision ?? quantisation ?? variant) === null;
    });
    const taken = narrow(usable, { formats, selection: {} });
    settle(verdicts, { slot, fitting: [...fitting, ...usable], taken });
  }
  return verdicts;
}

/** Why a unit is left whatever the other units are. */
function outOfQuestion(unit: WeightsUnit, selection: FileSelection, components: readonly string[]): LeftReason | null {
  if (components.length > 0 ? !components.includes(unit.component ?? '') : unit.component === 'mmproj') {
    return components.length > 0 ? 'other-component' : 'not-needed';
  }
  if (unit.isCheckpoint && (selection.path ?? '') === '' && (selection.include ?? []).length === 0)
    return 'training-state';
  return unit.isIncomplete ? 'incomplete' : null;
}

/** The formats that are taken, the preferred one first. */
function formatsOf(candidates: readonly WeightsUnit[], selection: FileSelection): readonly WeightsFormat[] {
  const wished = listOf(selection.format);
  if (wished.length > 0) return wished;
  const made = weightsFormats.filter((format) => !CONVERTED.has(format));
  return candidates.some(({ format }) => made.includes(format)) ? made : weightsFormats;
}

interface NarrowOptions {
  readonly formats: readonly WeightsFormat[];
  readonly selection: FileSelection;
}

/** Of the units of one slot that fit: one variant, in the best format, not in their makers' layout, plain if nothing was wished for. */
function narrow(fitting: readonly WeightsUnit[], { formats, selection }: NarrowOptions): readonly WeightsUnit[] {
  const { variant } = selection;
  const ofVariant = variant === undefined ? fitting : fitting.filter((unit) => unit.variant === variant.toLowerCase());
  const rankOf = ({ format, isOriginal }: WeightsUnit): number =>
    formats.indexOf(format) + (isOriginal ? formats.length : 0);
  const best = ofVariant.reduce((least, unit) => Math.min(least, rankOf(unit)), Infinity);
  const ofFormat = ofVariant.filter((unit) => rankOf(unit) === best);
  const ofLabel = hasLabelWish(selection)
    ? ofFormat
    : plainOrAll(ofFormat, ({ precision, quantisation }) => (precision ?? quantisation) === null);
  return variant === undefined ? plainOrAll(ofLabel, (unit) => unit.variant === null) : ofLabel;
}

function plainOrAll(units: readonly WeightsUnit[], isPlain: (unit: WeightsUnit) => boolean): readonly WeightsUnit[] {
  const plain = units.filter(isPlain);
  return plain.length > 0 ? plain : units;
}

interface SettledSlot {
  readonly slot: readonly WeightsUnit[];
  readonly fitting: readonly WeightsUnit[];
  readonly taken: readonly WeightsUnit[];
}

/** Notes the verdicts on a slot, for what is left with the first thing that sets it apart from what is taken. */
function settle(verdicts: UnitVerdicts, { slot, fitting, taken }: SettledSlot): void {
  const example = taken[0];
  const takenSet = new Set(taken);
  const fittingSet = new Set(fitting);
  for (const unit of slot) {
    const label: LeftReason = unit.quantisation === null ? 'other-precision' : 'other-quantisation';
    if (takenSet.has(unit)) verdicts.set(unit, null);
    else if (!fittingSet.has(unit)) verdicts.set(unit, label);
    else if (example === undefined) verdicts.set(unit, 'other-variant');
    else if (unit.format !== example.format || unit.isOriginal !== example.isOriginal) verdicts.set(unit, 'duplicate');
    else if (unit.variant !== example.variant) verdicts.set(unit, 'other-variant');
    else verdicts.set(unit, label);
  }
}
