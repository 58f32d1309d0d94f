import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext } from '../session.ts';
import { describeDrive } from '../output/describe-drive.ts';

/** @internal Says how machine, drive and library are. A problem makes the command fail. */
export async function diagnoseLibrary({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const diagnosis = await library.diagnose({ signal });
  const hasProblem = diagnosis.findings.some(({ level }) => level === 'problem');
  if (json) {
    terminal.out(JSON.stringify(diagnosis, null, 2));
    return hasProblem ? 1 : 0;
  }
  const { sqlite, links, usage } = diagnosis;
  const { bytesApparent, bytesOnDisk, bytesShared, bytesReclaimable } = usage;
  terminal.out(
    alignColumns([
      ['library', diagnosis.root],
      ['models', `${diagnosis.models} with ${diagnosis.files} files`],
      ['drive', describeDrive(diagnosis.drive)],
      [
        'size',
        `${formatBytes(bytesApparent)} of models, ${formatBytes(bytesOnDisk)} on the drive, ${formatBytes(bytesShared)} shared`,
      ],
      ['garbage', bytesReclaimable === null ? 'cannot be told' : `${formatBytes(bytesReclaimable)} for gc`],
      ['free', formatBytes(diagnosis.freeBytes)],
      ['links', `${links.ok} good, ${Object.values(links).reduce((sum, count) => sum + count, 0) - links.ok} not`],
      ['node', diagnosis.node],
      ['sqlite', `${sqlite.version}${sqlite.fts5 ? ', full-text search' : ''}`],
      ['blake3', diagnosis.blake3],
    ]),
  );
  for (const { level, message } of diagnosis.findings) terminal.out(`${level}: ${message}`);
  if (diagnosis.findings.length === 0) terminal.out('everything is as it should be');
  return hasProblem ? 1 : 0;
}
