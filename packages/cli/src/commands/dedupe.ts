import type { DuplicatesReport, SharingReport } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { needsOther } from '../arguments/needs-other.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface DedupeCommandOptions extends CommonOptions {
  readonly apply?: boolean;
  readonly allowHardlinks?: boolean;
  readonly minBytes?: number;
}

/** @internal Tells which files of a folder have the same bytes, and lets them share these when asked. */
export async function dedupeFolder(
  context: CommandContext,
  folder: string,
  { apply, allowHardlinks, minBytes }: DedupeCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  if (allowHardlinks === true && apply !== true) throw needsOther('--allow-hardlinks', '--apply');
  const found = await withProgress(terminal, library.findDuplicates(folder, { minBytes, signal }));
  const done =
    apply === true
      ? await withProgress(
          terminal,
          library.shareDuplicates(found, { allowHardlinks: allowHardlinks === true, signal }),
        )
      : null;
  if (json) terminal.out(JSON.stringify({ found, done }, null, 2));
  else tell(context, found, done);
  return 0;
}

function tell({ terminal }: CommandContext, found: DuplicatesReport, done: SharingReport | null): void {
  for (const { keep, duplicates, bytesApparent } of found.groups) {
    terminal.out(`${keep.path}: ${duplicates.length} duplicates, ${formatBytes(bytesApparent)}`);
    for (const { path } of duplicates) terminal.out(`  ${path}`);
  }
  if (found.filesSharing > 0) terminal.out(`${found.filesSharing} files share their bytes already`);
  for (const { path, reason } of [...found.leftAlone, ...(done?.leftAlone ?? [])]) {
    terminal.err(`left alone ${path}: ${reason}`);
  }
  const { bytesApparent, bytesOnDisk } = done ?? found;
  const amounts = `${formatBytes(bytesApparent)} (${formatBytes(bytesOnDisk)} on the drive)`;
  if (done === null) terminal.out(`${found.files} files, ${amounts} could be saved: run it again with --apply`);
  else terminal.out(`${done.shared.length} files share their bytes now, ${amounts} saved`);
}
