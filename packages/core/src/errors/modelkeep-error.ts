import type { ErrorCode, ErrorFacts } from './error-facts.ts';
import { redactSecrets } from './redact.ts';

/** What a {@link ModelkeepError} is made from. */
export interface ModelkeepErrorOptions<C extends ErrorCode> {
  /** What happened, in English, naming the path or the redacted URL. */
  readonly message: string;
  /** The machine-readable details that belong to this code. */
  readonly facts: ErrorFacts[C];
  /** What the reader can do about it. */
  readonly hint?: string | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** An error as plain data: what crosses a process border. */
export interface SerialisedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly facts?: unknown;
  readonly hint?: string;
  readonly cause?: SerialisedError;
}

/**
 * Every error of modelkeep that can reach a caller.
 *
 * @example
 * ```ts
 * import { isModelkeepError } from '@modelkeep/core';
 *
 * try {
 *   await library.download(await library.planDownload('hf:acme/tiny-flux')).result;
 * } catch (error) {
 *   if (isModelkeepError(error, 'transfer.integrity')) console.error(error.facts.expected, error.facts.found);
 *   else throw error;
 * }
 * ```
 */
export class ModelkeepError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'ModelkeepError';
  /** `<package>.<reason>`, stable across versions. */
  readonly code: C;
  /** The details that belong to the code. */
  readonly facts: ErrorFacts[C];
  /** What the reader can do about it. */
  readonly hint: string | undefined;

  constructor(code: C, options: ModelkeepErrorOptions<C>) {
    super(redactSecrets(options.message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.facts = redactFacts(options.facts);
    this.hint = options.hint === undefined ? undefined : redactSecrets(options.hint);
  }

  /** Marks errors of this class across duplicate installs of the package. */
  get isModelkeepError(): true {
    return true;
  }

  /** The error as plain data; {@link errorFromJSON} makes it an error again. */
  toJSON(): SerialisedError {
    return serialiseError(this);
  }
}

/** What is text in the facts may quote a server or a command line, as the message may. */
function redactFacts<Facts extends object>(facts: Facts): Facts {
  // An error that came as JSON may have lost its facts.
  if (typeof facts !== 'object' || facts === null) return facts;
  const redacted = { ...facts };
  for (const key of Object.keys(redacted) as (keyof Facts)[]) {
    const value: unknown = redacted[key];
    if (typeof value === 'string') Object.assign(redacted, { [key]: redactSecrets(value) });
  }
  return redacted;
}

/**
 * Tells whether a value is an error of modelkeep, optionally of one code. Works across duplicate installs.
 *
 * @param value - anything that was thrown
 * @param code - only errors of this code count
 */
export function isModelkeepError<C extends ErrorCode = ErrorCode>(
  value: unknown,
  code?: C,
): value is ModelkeepError<C> {
  if (!(value instanceof Error) || (value as { isModelkeepError?: unknown }).isModelkeepError !== true) return false;
  return code === undefined || (value as ModelkeepError).code === code;
}

const MAX_CAUSES = 8;

/** Any error as plain data, its causes included (at most 8 deep). */
export function serialiseError(error: unknown): SerialisedError {
  return serialiseAt(error, 0);
}

function serialiseAt(error: unknown, depth: number): SerialisedError {
  if (!(error instanceof Error)) return { name: 'Error', message: redactSecrets(String(error)) };
  const hasCause = error.cause !== undefined && depth < MAX_CAUSES;
  const systemCode = (error as NodeJS.ErrnoException).code;
  const known = isModelkeepError(error);
  return {
    name: error.name,
    message: redactSecrets(error.message),
    ...(known ? { code: error.code, facts: error.facts } : typeof systemCode === 'string' ? { code: systemCode } : {}),
    ...(known && error.hint !== undefined ? { hint: error.hint } : {}),
    ...(hasCause ? { cause: serialiseAt(error.cause, depth + 1) } : {}),
  };
}

/**
 * Makes an error from {@link ModelkeepError.toJSON}'s data, with its code, facts, hint and causes (at most 8 deep).
 * Data that carries no code of modelkeep becomes a plain `Error` that keeps its name and `code`.
 */
export function errorFromJSON(data: SerialisedError): Error {
  return reviveAt(data, 0);
}

function reviveAt(data: SerialisedError, depth: number): Error {
  const hasCause = data.cause !== undefined && depth < MAX_CAUSES;
  const cause = hasCause ? reviveAt(data.cause, depth + 1) : undefined;
  if (data.name === 'ModelkeepError' && data.code !== undefined) {
    const code = data.code as ErrorCode;
    return new ModelkeepError(code, {
      message: data.message,
      facts: data.facts as ErrorFacts[typeof code],
      hint: data.hint,
      cause,
    });
  }
  const error = new Error(data.message, cause === undefined ? undefined : { cause });
  error.name = data.name;
  if (data.code !== undefined) Object.assign(error, { code: data.code });
  return error;
}
