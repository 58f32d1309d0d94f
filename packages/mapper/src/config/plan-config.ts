import type { MapperContext } from '../mapper-context.ts';
import { configChanges, type ConfigChange } from './change-config.ts';
import { textDigest } from './config-file.ts';
import type { WantedFilesOptions } from './config-sections.ts';
import type { ConfigPlan, PlannedFile } from './planned-file.ts';

/** @internal Says what would be done with the config files of an app. Changes nothing. */
export async function planConfig(context: MapperContext, options: WantedFilesOptions): Promise<ConfigPlan> {
  const changes = await configChanges(context, options);
  const { appRoot, facts } = options.place;
  return { appRoot, files: changes.map((change) => plannedFile(change, facts.format)), note: facts.note };
}

function plannedFile({ found, wanted, problem }: ConfigChange, format: PlannedFile['format']): PlannedFile {
  const { path } = found;
  if (found.problem !== null || problem !== null) {
    const message = `${path}: ${found.problem ?? problem}`;
    return {
      action: 'conflict',
      path,
      format,
      beforeSha256: null,
      lines: [],
      reason: { code: 'config-refused', message },
    };
  }
  const before = new Set((found.text ?? '').split(/\r?\n/));
  const lines = (wanted ?? '').split(/\r?\n/).filter((line) => !before.has(line));
  return {
    action: actionOf(found.text, wanted),
    path,
    format,
    beforeSha256: textDigest(found.text),
    lines,
    reason: null,
  };
}

/** @internal */
export function actionOf(text: string | null, wanted: string | null): 'create' | 'keep' | 'replace' | 'remove' {
  if (text === wanted) return 'keep';
  if (text === null) return 'create';
  return wanted === null ? 'remove' : 'replace';
}
