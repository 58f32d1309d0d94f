import { edited, type ConfigEditor } from '../config-section.ts';
import { outsideBlock, putBlock, takeBlock, type BlockStyle } from '../marked-block.ts';
import { flagInUse, flagWords, lineProblem } from './flags.ts';

const style: BlockStyle = { comment: '# ', before: null };

/** @internal A file of flags, as CMD_FLAGS.txt of text-generation-webui: lines are joined, and taken apart by shlex. */
export const commandLine: ConfigEditor = {
  put(text, { settings }) {
    if (settings.length === 0) return text === null ? edited('') : takeBlock(text, style);
    const problem = lineProblem(settings, /[\r\n]/) ?? flagInUse(outsideBlock(text, style), settings, /^\s*#/);
    if (problem !== null) return { problem };
    return putBlock(
      text,
      settings.map((setting) => flagWords([setting])),
      style,
    );
  },
  take: (text) => takeBlock(text, style),
};
