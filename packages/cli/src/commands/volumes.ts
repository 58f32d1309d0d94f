import type { MoveResult, VolumeInfo } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface VolumeCommandOptions extends CommonOptions {
  readonly label?: string;
  readonly types?: string;
  readonly default?: boolean;
  readonly withModels?: boolean;
}

/** @internal The drives of the library, as they are after what was asked for was done. */
export async function manageVolumes(
  { library, terminal, json }: CommandContext,
  change: { readonly action: 'list' | 'add' | 'change' | 'remove'; readonly volume: string },
  options: VolumeCommandOptions,
): Promise<ExitCode> {
  const types = options.types?.split(',').filter((type) => type !== '');
  const settings = { label: options.label, types, isDefault: options.default };
  const { action, volume } = change;
  if (action === 'add') await library.addVolume(volume, settings);
  if (action === 'change') await library.changeVolume(volume, settings);
  if (action === 'remove') await library.removeVolume(volume, { withModels: options.withModels });
  const volumes = await library.volumes();
  terminal.out(json ? JSON.stringify(volumes, null, 2) : volumeTable(volumes));
  return 0;
}

function volumeTable(volumes: readonly VolumeInfo[]): string {
  const rows = volumes.map(({ volumeId, label, path, state, mode, store, freeBytes, models, bytes, ...rule }) => [
    label,
    volumeId,
    state === 'offline' ? state : mode === 'read' ? 'read-only' : 'online',
    `${models} (${formatBytes(bytes)})`,
    freeBytes === null ? '-' : formatBytes(freeBytes),
    [...(rule.isDefault ? ['default'] : []), ...rule.types, ...(store === 'folder' ? ['without links'] : [])].join(
      ', ',
    ) || '-',
    path ?? '-',
  ]);
  return alignColumns([['LABEL', 'ID', 'STATE', 'MODELS', 'FREE', 'FOR', 'PATH'], ...rows]);
}

/** @internal Moves models to another volume, one after the other. A wrong name among them moves none. */
export async function moveModels(context: CommandContext, models: readonly string[], to: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  for (const reference of models) await library.get(reference);
  const moved: MoveResult[] = [];
  for (const reference of models) {
    const result = await withProgress(terminal, library.move(reference, { to, signal }));
    moved.push(result);
    if (json) continue;
    const { model, bytesCopied, bytesToCollect, kept, links } = result;
    terminal.out(`moved ${model.slug} to ${library.folderOf(model)}: ${formatBytes(bytesCopied)} copied`);
    for (const { outcome, target } of links) terminal.out(`${outcome} ${target}`);
    for (const path of kept) terminal.out(`stays: ${path}`);
    if (bytesToCollect > 0) terminal.err(`${formatBytes(bytesToCollect)} where it was: gc gives them back`);
  }
  if (json) terminal.out(JSON.stringify({ moved }, null, 2));
  return 0;
}

/** @internal Gives a model the folder that its type, family and name ask for. */
export async function relocateModel(context: CommandContext, reference: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const { model, links } = await library.relocate(reference, { signal });
  terminal.out(json ? JSON.stringify({ model, links }, null, 2) : `${model.slug} is in ${library.folderOf(model)}`);
  if (!json) for (const { outcome, target } of links) terminal.out(`${outcome} ${target}`);
  return 0;
}

/** @internal What `undelete` can bring back. */
export async function listDeleted({ library, terminal, json }: CommandContext): Promise<ExitCode> {
  const models = await library.deletedModels();
  const rows = models.map(({ id, slug, sizeBytes, deletedAt }) => [id, deletedAt, formatBytes(sizeBytes), slug]);
  terminal.out(json ? JSON.stringify(models, null, 2) : alignColumns([['ID', 'DELETED', 'SIZE', 'SLUG'], ...rows]));
  return 0;
}

/** @internal Brings a deleted model back. */
export async function undeleteModel(context: CommandContext, reference: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const model = await library.undelete(reference, { signal });
  terminal.out(json ? JSON.stringify(model, null, 2) : `${model.slug} is back`);
  return 0;
}
