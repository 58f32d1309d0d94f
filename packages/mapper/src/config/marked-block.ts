import { edited, type EditedText } from './config-section.ts';

/** @internal How our block is told from the rest of a file. */
export interface BlockStyle {
  /** What begins a comment, with the space behind it. */
  readonly comment: string;
  /** The block goes before the last line that this matches; null: to the end. */
  readonly before: RegExp | null;
}

const BEGIN = '---- modelkeep: begin (do not edit this block) ----';
/** Of a block that was put behind a last line without an end. */
const BEGIN_JOINED = '---- modelkeep: begin (do not edit this block; joined) ----';
const END = '---- modelkeep: end ----';

/** @internal Puts lines between our markers, in place of those that are there. */
export function putBlock(text: string | null, lines: readonly string[], style: BlockStyle): EditedText {
  const without = takeBlock(text ?? '', style);
  if (without.problem !== null) return without;
  const rest = without.text;
  const end = rest.includes('\r\n') ? '\r\n' : '\n';
  const at = style.before === null ? rest.length : lastMatch(rest, style.before);
  if (at === null) return { problem: `it has no line like ${String(style.before?.source)}` };
  const head = rest.slice(0, at);
  const joined = head !== '' && !head.endsWith('\n');
  const begin = `${style.comment}${joined ? BEGIN_JOINED : BEGIN}`;
  const block = [begin, ...lines, `${style.comment}${END}`].map((line) => `${line}${end}`).join('');
  return edited(`${head}${joined ? end : ''}${block}${rest.slice(at)}`);
}

/** @internal Takes our block out; a text without one stays as it is. */
export function takeBlock(text: string, { comment }: Pick<BlockStyle, 'comment'>): EditedText {
  const begins = [...linesOf(text)].filter(
    ({ line }) => line === `${comment}${BEGIN}` || line === `${comment}${BEGIN_JOINED}`,
  );
  const ends = [...linesOf(text)].filter(({ line }) => line === `${comment}${END}`);
  const [begin] = begins;
  const [end] = ends;
  if (begin === undefined && end === undefined) return edited(text);
  if (begin === undefined || end === undefined || begins.length + ends.length > 2 || end.start < begin.start)
    return { problem: 'the block of modelkeep in it was changed by hand: remove its lines, markers included' };
  const head = text.slice(0, begin.start);
  const joined = begin.line.endsWith(BEGIN_JOINED);
  return edited(`${joined ? head.replace(/\r?\n$/, '') : head}${text.slice(end.next)}`);
}

/** @internal What a file says outside of our block, line by line. */
export function outsideBlock(text: string | null, style: Pick<BlockStyle, 'comment'>): readonly string[] {
  const rest = takeBlock(text ?? '', style);
  return rest.problem === null ? [...linesOf(rest.text)].map(({ line }) => line) : [];
}

interface Line {
  readonly line: string;
  readonly start: number;
  /** Where the next line begins. */
  readonly next: number;
}

function* linesOf(text: string): Generator<Line> {
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const next = found === -1 ? text.length : found + 1;
    yield { line: text.slice(start, found === -1 ? text.length : found).replace(/\r$/, ''), start, next };
    start = next;
  }
}

function lastMatch(text: string, pattern: RegExp): number | null {
  const matching = [...linesOf(text)].filter(({ line }) => pattern.test(line));
  return matching.at(-1)?.start ?? null;
}
