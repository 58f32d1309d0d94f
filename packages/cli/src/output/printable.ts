import type { Terminal } from './terminal.ts';

/* C0 and C1 controls but for the line break and the tab, and what turns the direction of a text. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is taken out
const CONTROLS = /(?!\r\n)[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * @internal A text of strangers (names of files, of models, what a site says) that a terminal shows and does not obey. Escapes
 * are those of JSON, so that JSON stays what it is.
 */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, escaped);
}

/** @internal The same on one line: no name can add a line of its own. */
export function printableLine(text: string): string {
  return printable(text).replaceAll(/[\r\n\t]/gu, escaped);
}

/** @internal A terminal that shows nothing but printable texts. */
export function printableTerminal(terminal: Terminal): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(printable(text)),
    err: (text) => terminal.err(printable(text)),
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
