import { isDeepStrictEqual } from 'node:util';
import { edited, type ConfigEditor, type EditedText } from '../config-section.ts';
import { putBlock, takeBlock, type BlockStyle } from '../marked-block.ts';
import { NO_SECTIONS, OWN_SECTION as SECTION, readSections } from './comfyui-sections.ts';

const style: BlockStyle = { comment: '# ', before: null };

/**
 * @internal `extra_model_paths.yaml` of ComfyUI: a section of our own. Its folders are absolute, because ComfyUI puts the values of
 * variables into a `base_path` and takes other lines as they are (utils/extra_config.py). The text is read before and after
 * the change: what it meant for others is the same, or nothing is changed.
 */
export const comfyuiYaml: ConfigEditor = {
  put(text, { settings }) {
    const before = takeBlock(text ?? '', style);
    if (before.problem !== null) return before;
    const present = readSections(before.text);
    if (present === null) return { problem: NO_SECTIONS };
    if (Object.hasOwn(present, SECTION)) return { problem: `it has a section "${SECTION}" that was not written here` };
    if (settings.length === 0) return edited(text === null ? '' : before.text);
    const broken = settings.find(({ folder }) => /[\r\n]/.test(folder));
    if (broken !== undefined) return { problem: `a path with a line break cannot be named in it` };
    const lines = [`${SECTION}:`, ...settings.map(({ key, folder }) => `  ${key}: ${quoted(folder)}`)];
    return checked(putBlock(text, lines, style), {
      ...present,
      [SECTION]: Object.fromEntries(settings.map(({ key, folder }) => [key, folder])),
    });
  },
  take: (text) => takeBlock(text, style),
};

function checked(result: EditedText, wanted: Readonly<Record<string, unknown>>): EditedText {
  if (result.problem !== null) return result;
  return isDeepStrictEqual(readSections(result.text), wanted)
    ? result
    : { problem: 'a section cannot be added at its end without changing the others' };
}

/** In ASCII, so that it does not matter in which encoding the file is read: older versions use that of the system. */
function quoted(text: string): string {
  const escaped = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') return `\\${character}`;
    if (code >= 0x20 && code < 0x7f) return character;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
