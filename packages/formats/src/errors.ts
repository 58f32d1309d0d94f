import { ModelkeepError } from '@modelkeep/core';

/** A file that breaks the rules of its format. */
export interface InvalidFile {
  readonly format: string;
  readonly path?: string | undefined;
  readonly reason: string;
}

/** @internal The error for a file that breaks the rules of its format. */
export function invalidFile({ format, path, reason }: InvalidFile): ModelkeepError<'formats.invalid'> {
  return new ModelkeepError('formats.invalid', {
    message: `${path ?? 'the source'} is no valid ${format} file: ${reason}`,
    facts: { format, reason, ...(path === undefined ? {} : { path }) },
    hint: 'the file is damaged or incomplete; download it again',
  });
}

/** A header that is larger than the reader accepts. */
export interface OversizedHeader {
  readonly format: string;
  readonly path?: string | undefined;
  readonly what: string;
  readonly found: number;
  readonly limit: number;
}

/** @internal The error for a header that is larger than the reader accepts. */
export function oversizedHeader({
  format,
  path,
  what,
  found,
  limit,
}: OversizedHeader): ModelkeepError<'formats.too-large'> {
  return new ModelkeepError('formats.too-large', {
    message: `${path ?? 'the source'}: ${what} of the ${format} header is ${found}, more than ${limit}`,
    facts: { format, what, found, limit, ...(path === undefined ? {} : { path }) },
    hint: 'raise the limit if the file is trusted; genuine headers are far smaller',
  });
}

/** @internal The error for a file or folder beside weights that has more than the reader accepts. */
export function oversized({ format, path, what, found, limit }: OversizedHeader): ModelkeepError<'formats.too-large'> {
  return new ModelkeepError('formats.too-large', {
    message: `${path ?? 'the source'}: ${what} of the ${format}: ${found}, more than ${limit}`,
    facts: { format, what, found, limit, ...(path === undefined ? {} : { path }) },
    hint: 'genuine ones are far smaller; name the file of the weights itself',
  });
}
