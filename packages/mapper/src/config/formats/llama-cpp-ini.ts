import { edited, type ConfigEditor } from '../config-section.ts';
import { outsideBlock, putBlock, takeBlock, type BlockStyle } from '../marked-block.ts';

const style: BlockStyle = { comment: '; ', before: null };

/** @internal A presets file of llama.cpp's server: a section for each model. */
export const llamaCppIni: ConfigEditor = {
  put(text, { models }) {
    if (models.length === 0) return text === null ? edited('') : takeBlock(text, style);
    const outside = outsideBlock(text, style);
    const sections = new Set(outside.flatMap((line) => /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim() ?? []));
    const used = models.find(({ name }) => sections.has(name));
    if (used !== undefined) return { problem: `it has a section [${used.name}] that was not written here` };
    const unnamed = models.find(({ name }) => name.includes(']'));
    if (unnamed !== undefined)
      return { problem: `a model cannot be called ${JSON.stringify(unnamed.name)} in it: give it another name` };
    const paths = models.flatMap(({ path, mmproj }) => (mmproj === null ? [path] : [path, mmproj]));
    const broken = paths.find((path) => /[\r\n;#]|^\s|\s$/.test(path));
    if (broken !== undefined) return { problem: `the path ${JSON.stringify(broken)} cannot be written in it` };
    const isNew = outside.every((line) => line.trim() === '');
    const lines = models.flatMap(({ name, path, mmproj }) => [
      `[${name}]`,
      `model = ${path}`,
      ...(mmproj === null ? [] : [`mmproj = ${mmproj}`]),
    ]);
    return putBlock(text, [...(isNew ? ['version = 1'] : []), ...lines], style);
  },
  take: (text) => takeBlock(text, style),
};
