import type { ModelEdit } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { alignColumns, modelCard } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface EditOptions extends CommonOptions {
  readonly set: readonly string[];
  readonly clear: readonly string[];
}

/** @internal States facts about a model, or takes statements back. */
export async function editModel(
  { library, terminal, signal, json }: CommandContext,
  reference: string,
  changes: ModelEdit,
): Promise<ExitCode> {
  const model = await library.edit(reference, changes, { signal });
  terminal.out(json ? JSON.stringify(model, null, 2) : modelCard(model, library.folderOf(model)));
  return 0;
}

/** @internal What has changed in the facts of a model. */
export async function showHistory({ library, terminal, json }: CommandContext, reference: string): Promise<ExitCode> {
  const { id, slug } = await library.get(reference);
  const history = await library.history(id);
  if (json) terminal.out(JSON.stringify({ id, slug, history }, null, 2));
  else if (history.length === 0) terminal.err('nothing has changed since it was added');
  else {
    const lines = history.map(({ at, layer, by, field, from, to }) => [
      at,
      layer === by || by === 'source' ? layer : `${layer} (${by})`,
      `${field}: ${shown(from)} → ${shown(to)}`,
    ]);
    terminal.out(alignColumns(lines));
  }
  return 0;
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
