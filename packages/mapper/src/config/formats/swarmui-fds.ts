import { edited, type ConfigEditor, type EditedText, type SectionSetting } from '../config-section.ts';

/* FreneticDataSyntax: `key: value` lines, indented below their section; \s stands for a backslash (FDSUtility.Escape). A value
   ends with its line. SwarmUI writes the file anew with comments of its own, so no mark of ours would stay: what is ours is
   known by its path. */
const OURS = /[\\/]swarmui-[0-9a-f]{12}[\\/]Models$/;
const DEFAULT_ROOT = 'Models';

/** @internal `Data/Settings.fds` of SwarmUI: a further root in `Paths.ModelRoot`, a list with semicolons. */
export const swarmuiFds: ConfigEditor = {
  put(text, { settings }) {
    const [setting] = settings;
    if (setting === undefined) return text === null ? edited('') : change(text, null);
    if (/[;\r\n\t]/.test(setting.folder))
      return { problem: `the path ${JSON.stringify(setting.folder)} cannot be written in it` };
    if (text === null) return { problem: 'it is not there: SwarmUI writes it when it is started for the first time' };
    return change(text, setting);
  },
  take: (text) => change(text, null),
};

function change(text: string, setting: SectionSetting | null): EditedText {
  const [found, ...others] = findModelRoots(text);
  if (found === undefined)
    return setting === null ? edited(text) : { problem: 'it has no section "Paths" with a "ModelRoot"' };
  if (others.length > 0) return { problem: 'it has "ModelRoot" more than once' };
  const roots = unescape(found.value).split(';');
  const kept = roots.filter((root) => !OURS.test(root));
  const root = setting?.folder ?? null;
  if (root !== null && !OURS.test(root))
    return { problem: `the folder of links has another name than expected: ${root}` };
  const wanted = root === null ? kept : [...kept, root];
  const value = escape((wanted.length === 0 ? [DEFAULT_ROOT] : wanted).join(';'));
  return edited(`${text.slice(0, found.start)}${value}${text.slice(found.end)}`);
}

interface FoundValue {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

function findModelRoots(text: string): readonly FoundValue[] {
  const found: FoundValue[] = [];
  let inPaths = false;
  let start = 0;
  for (const line of text.split('\n')) {
    const content = line.replace(/\r$/, '');
    if (/^\uFEFF?[^\s#]/.test(content)) inPaths = /^\uFEFF?Paths:\s*$/.test(content);
    const match = inPaths ? /^(\s+ModelRoot:[ \t]*)(.*)$/.exec(content) : null;
    if (match !== null) {
      const [, head = '', value = ''] = match;
      found.push({ value, start: start + head.length, end: start + head.length + value.length });
    }
    start += line.length + 1;
  }
  return found;
}

function escape(text: string): string {
  return text.replaceAll('\\', String.raw`\s`);
}

function unescape(text: string): string {
  return text.replaceAll(String.raw`\x`, '').replaceAll(String.raw`\s`, '\\');
}
