import { ModelkeepError } from '@modelkeep/core';

/** @internal A line of a text, counted from 1. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/**
 * @internal The lines of a text that comes in pieces, without empty ones. No more than one line is held at a time.
 *
 * @throws `library.invalid-export` for a line over `maxCharacters` and for what is no UTF-8
 */
export async function* textLines(
  source: AsyncIterable<string | Uint8Array>,
  maxCharacters: number,
): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let pending = '';
  const decode = (piece: Uint8Array | undefined): string => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch (error) {
      if (error instanceof TypeError) throw invalidExport(number, 'it is no UTF-8', error);
      throw error;
    }
  };
  for await (const piece of source) {
    const lines = (typeof piece === 'string' ? piece : decode(piece)).split('\n');
    const last = lines.pop() ?? '';
    for (const [place, line] of lines.entries()) {
      const text = place === 0 ? pending + line : line;
      if (text.length > maxCharacters) throw tooLong(number, maxCharacters);
      if (text.trim() !== '') yield { number, text };
      number += 1;
    }
    pending = lines.length === 0 ? pending + last : last;
    if (pending.length > maxCharacters) throw tooLong(number, maxCharacters);
  }
  const last = pending + decode(undefined);
  if (last.trim() !== '') yield { number, text: last };
}

function tooLong(line: number, maxCharacters: number): ModelkeepError {
  return invalidExport(line, `it is longer than ${maxCharacters} characters`);
}

/** @internal */
export function invalidExport(line: number, reason: string, cause?: unknown): ModelkeepError {
  return new ModelkeepError('library.invalid-export', {
    message: `line ${line} of the export cannot be used: ${reason}`,
    facts: { line, reason },
    hint: 'give a file that export has written, whole and unchanged',
    cause,
  });
}
