import type { FileDescription } from '../describe/file-description.ts';
import type { FileSelection, LeftReason } from '../file-selection.ts';
import { companionFilter } from './choose-companions.ts';
import { chooseProjectors } from './choose-projectors.ts';
import { chooseUnits } from './choose-units.ts';
import type { WeightsUnit } from './weights-unit.ts';

/** What a selection by weights is judged on. */
export interface JudgeByWeights {
  readonly files: readonly FileDescription[];
  readonly units: readonly WeightsUnit[];
  /** Those that path and globs take. */
  readonly within: readonly WeightsUnit[];
  readonly selection: FileSelection;
  /** Path and globs. */
  readonly judge: (path: string) => LeftReason | null;
}

/** Why each file is left, by path; null for one that is taken. Nothing is taken where no weights fit. */
export function judgeByWeights(details: JudgeByWeights): ReadonlyMap<string, LeftReason | null> {
  const { files, units, within, selection, judge } = details;
  const verdicts = chooseUnits(within, selection);
  const taken = new Set(within.filter((unit) => verdicts.get(unit) === null));
  for (const projector of chooseProjectors(within, { taken, selection })) verdicts.set(projector, null);

  const reasons = new Map<string, LeftReason | null>();
  for (const unit of units) {
    const verdict = verdicts.get(unit);
    for (const { path } of unit.files) {
      reasons.set(path, verdict === undefined ? (judge(path) ?? 'excluded') : verdict);
    }
  }
  const companion = companionFilter({ selection, units, taken, files });
  for (const file of files) {
    if (reasons.has(file.path)) continue;
    reasons.set(file.path, judge(file.path) ?? (taken.size === 0 ? 'not-needed' : companion(file)));
  }
  return reasons;
}
