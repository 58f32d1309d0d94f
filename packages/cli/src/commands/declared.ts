import { readFile } from 'node:fs/promises';
import { ModelkeepError, type ModelDeclaration, type ModelStatus } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { readStdin } from '../arguments/read-stdin.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface DeclareOptions extends CommonOptions {
  readonly replace?: boolean;
}

/** @internal Says what an app needs. */
export async function declareModels(
  { library, terminal, signal, json }: CommandContext,
  file: string,
  { replace }: DeclareOptions,
): Promise<ExitCode> {
  const declared = await library.declare(
    parse(file === '-' ? await readStdin(terminal) : await readFile(file, 'utf8'), file),
    {
      signal,
    },
  );
  const keys = new Set(declared.map(({ key }) => key));
  const others = replace === true ? (await library.checkStatus({ signal })).filter(({ key }) => !keys.has(key)) : [];
  const takenBack = await library.undeclare(
    others.map(({ key }) => key),
    { signal },
  );
  if (json) terminal.out(JSON.stringify({ declared, takenBack }, null, 2));
  else terminal.out(`${declared.length} declared${takenBack > 0 ? `, ${takenBack} taken back` : ''}`);
  return 0;
}

function parse(text: string, file: string): readonly ModelDeclaration[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as ModelDeclaration[];
  } catch {
    // What is no JSON is refused as what is no array is.
  }
  throw new ModelkeepError('core.invalid-argument', {
    message: `${file} is no JSON array of declarations`,
    facts: { argument: 'file', found: file },
    hint: '[{"key": "flux", "source": "hf:org/name", "selection": {"include": ["*.safetensors"]}}]',
  });
}

/** @internal How the declared models are. 1 where one of them is not ready, or not declared. */
export async function showStatus(
  { library, terminal, signal, json }: CommandContext,
  keys: readonly string[],
  deep = false,
): Promise<ExitCode> {
  const depth = deep ? 'hash' : 'size';
  const models = await library.checkStatus({ keys: keys.length === 0 ? undefined : keys, depth, signal });
  const unknown = keys.filter((key) => !models.some((model) => model.key === key));
  if (json) terminal.out(JSON.stringify({ models, unknown }, null, 2));
  else {
    for (const key of unknown) terminal.err(`nobody has declared ${key}`);
    if (models.length > 0)
      terminal.out(alignColumns([['KEY', 'STATE', 'SIZE', 'FOR', 'SOURCE'], ...models.map(rowOf)]));
    else if (unknown.length === 0) terminal.err('nothing is declared: modelkeep declare <file>');
  }
  return unknown.length === 0 && models.every(({ state }) => state === 'ready') ? 0 : 1;
}

function rowOf({ key, state, progress, sizeBytes, service, source }: ModelStatus): string[] {
  const isMoving = progress !== null && ['downloading', 'verifying', 'paused'].includes(progress.status);
  const isFailed = state !== 'ready' && progress?.status === 'error';
  const shown = isMoving && state !== 'ready' ? `${progress.status} ${Math.floor(progress.percentage)} %` : state;
  return [key, isFailed ? 'error' : shown, sizeBytes === 0 ? '?' : formatBytes(sizeBytes), service ?? '-', source];
}

/** @internal Downloads what is missing. */
export async function ensureModels(context: CommandContext, keys: readonly string[]): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const wanted = keys.length > 0 ? keys : (await library.checkStatus({ signal })).map(({ key }) => key);
  const result = await withProgress(terminal, library.ensure(wanted, { signal }));
  if (json) terminal.out(JSON.stringify(result, null, 2));
  else terminal.out(`${result.ensured.length} ready, ${formatBytes(result.bytesFetched)} fetched`);
  return 0;
}
