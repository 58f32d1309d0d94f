import { edited, type ConfigEditor } from '../config-section.ts';
import { outsideBlock, putBlock, takeBlock, type BlockStyle } from '../marked-block.ts';
import { flagInUse, flagWords, lineProblem } from './flags.ts';

const sh: BlockStyle = { comment: '# ', before: null };
const bat: BlockStyle = { comment: '@REM ', before: /^\s*call\s+webui\.bat\b/i };

/** @internal `webui-user.sh`, which webui.sh reads before it starts: flags are added to those that stand there. */
export const webuiUserSh: ConfigEditor = {
  put(text, { settings }) {
    if (settings.length === 0) return text === null ? edited('') : takeBlock(text, sh);
    const problem = lineProblem(settings, /[\r\n]/) ?? flagInUse(outsideBlock(text, sh), settings, /^\s*#/);
    if (problem !== null) return { problem };
    const words = ` ${flagWords(settings)}`.replaceAll("'", String.raw`'\''`);
    return putBlock(text, [`export COMMANDLINE_ARGS="\${COMMANDLINE_ARGS:-}"'${words}'`], sh);
  },
  take: (text) => takeBlock(text, sh),
};

/** @internal `webui-user.bat`: the flags are added before it calls webui.bat. */
export const webuiUserBat: ConfigEditor = {
  put(text, { settings }) {
    if (settings.length === 0) return text === null ? edited('') : takeBlock(text, bat);
    if (text === null) return { problem: 'it is not there: the app comes with it' };
    const comment = /^\s*(?:@?rem\b|::)/i;
    const problem = lineProblem(settings, /[\r\n"!^&|<>]/) ?? flagInUse(outsideBlock(text, bat), settings, comment);
    if (problem !== null) return { problem };
    const words = flagWords(settings).replaceAll('%', '%%');
    return putBlock(text, [`set COMMANDLINE_ARGS=%COMMANDLINE_ARGS% ${words}`], bat);
  },
  take: (text) => takeBlock(text, bat),
};
