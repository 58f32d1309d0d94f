const BLOCK = /^<\/?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|pre|hr)\b/iu;
const SILENT = /^<(script|style)\b/iu;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
]);

/**
 * The text of a fragment of HTML, for people: tags go, blocks become lines, entities become characters. Takes time in
 * proportion to its length. What comes out is text and not safe HTML.
 *
 * @param maxLength - longer texts are cut
 */
export function plainText(html: string, maxLength: number): string {
  const source = html.slice(0, maxLength * 8);
  const lower = source.toLowerCase();
  const parts: string[] = [];
  for (let from = 0; from < source.length;) {
    const open = source.indexOf('<', from);
    if (open === -1) {
      parts.push(source.slice(from));
      break;
    }
    parts.push(source.slice(from, open));
    if (!/^<[/!a-z]/iu.test(source.slice(open, open + 2))) {
      parts.push('<');
      from = open + 1;
      continue;
    }
    const close = source.indexOf('>', open);
    if (close === -1) break;
    const tag = source.slice(open, Math.min(close + 1, open + 16));
    if (BLOCK.test(tag)) parts.push('\n');
    const silent = SILENT.exec(tag)?.[1];
    const end = silent === undefined ? -1 : lower.indexOf(`</${silent.toLowerCase()}`, close);
    from = silent === undefined ? close + 1 : end === -1 ? source.length : end;
  }
  return parts
    .join('')
    .replaceAll(/&(#x?[0-9a-f]{1,6}|[a-z]{2,8});/giu, (whole, name: string) => characterOf(name) ?? whole)
    .split('\n')
    .map((line) => line.replaceAll(/[ \t\r\f\v]+/gu, ' ').trim())
    .join('\n')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim()
    .slice(0, maxLength);
}

function characterOf(name: string): string | undefined {
  if (!name.startsWith('#')) return NAMED.get(name.toLowerCase());
  const isHex = name[1]?.toLowerCase() === 'x';
  const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  const isCharacter = code >= 0x20 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
