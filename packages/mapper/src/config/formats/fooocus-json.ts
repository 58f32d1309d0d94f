import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { edited, type ConfigEditor, type ConfigSection, type EditedText } from '../config-section.ts';
import { findTopLevelValue } from './json-value-range.ts';

/* Lists of folders, of which Fooocus forgets all when one is not there. JSON has no comments: what is ours is known by its path. */
const OURS = /[\\/]fooocus-[0-9a-f]{12}[\\/]models[\\/][a-z]+$/;
const KEYS = ['path_checkpoints', 'path_loras'] as const;

/** @internal `config.txt` of Fooocus: a further folder in the lists of checkpoints and LoRAs. */
export const fooocusJson: ConfigEditor = {
  put: (text, section) => change(text, section),
  take: (text) => change(text, { appRoot: '', settings: [], models: [] }),
};

function change(text: string | null, { appRoot, settings }: ConfigSection): EditedText {
  if (text === null)
    return settings.length === 0
      ? edited('')
      : { problem: 'it is not there: Fooocus writes it when it is started for the first time' };
  let changed = text;
  for (const key of KEYS) {
    const data = readObject(changed);
    if (data === null) return { problem: 'it is no JSON object' };
    const setting = settings.find((one) => one.key === key);
    if (setting !== undefined && !OURS.test(setting.folder))
      return { problem: `the folder of links has another name than expected: ${setting.folder}` };
    const present = foldersOf(data[key]);
    if (present === null) return { problem: `"${key}" is no folder and no list of folders` };
    const range = findTopLevelValue(changed, key);
    if (range === null && setting === undefined) continue;
    if (range === null)
      return { problem: `it has no "${key}": Fooocus writes that when it is started for the first time` };
    const others = present.filter((folder) => !OURS.test(folder));
    const wanted = setting === undefined ? others : [...others, setting.folder];
    if (JSON.stringify(wanted) === JSON.stringify(present)) continue;
    const list = wanted.length === 0 ? [join(appRoot, 'models', key.slice('path_'.length))] : wanted;
    const value = JSON.stringify(list, null, 4).replaceAll('\n', '\n    ');
    changed = `${changed.slice(0, range.start)}${value}${changed.slice(range.end)}`;
    if (!isDeepStrictEqual(readObject(changed)?.[key], list)) return { problem: `it has "${key}" more than once` };
  }
  return edited(changed);
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function foldersOf(value: unknown): readonly string[] | null {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
}
