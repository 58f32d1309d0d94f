import type { ModelFormat, ModelRecord, ModelType } from '@modelkeep/core';
import type { ExitCode } from '../exit-code.ts';
import { modelCard, modelTable } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface ListOptions extends CommonOptions {
  readonly type?: ModelType;
  readonly family?: string;
}

/** @internal */
export interface SearchOptions extends ListOptions {
  readonly format?: ModelFormat;
  readonly limit: number;
}

/** @internal All models. */
export async function listModels(context: CommandContext, { type, family }: ListOptions): Promise<ExitCode> {
  const models = await context.library.list({ type, family, signal: context.signal });
  return showModels(context, { models }, models);
}

/** @internal The models that match words. */
export async function searchModels(context: CommandContext, query: string, options: SearchOptions): Promise<ExitCode> {
  const { type, family, format, limit } = options;
  const found = await context.library.search(query, { type, family, format, limit, signal: context.signal });
  return showModels(context, { query, ...found }, found.models);
}

/** @internal Everything about one model. */
export async function showModel({ library, terminal, json }: CommandContext, reference: string): Promise<ExitCode> {
  const model = await library.get(reference);
  terminal.out(json ? JSON.stringify(model, null, 2) : modelCard(model, library.folderOf(model)));
  return 0;
}

function showModels({ terminal, json }: CommandContext, document: object, models: readonly ModelRecord[]): ExitCode {
  if (json) terminal.out(JSON.stringify(document, null, 2));
  else if (models.length === 0) terminal.err('no models');
  else terminal.out(modelTable(models));
  return 0;
}
