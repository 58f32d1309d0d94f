import type { FolderDetails, FolderPart } from 'modelkeep';
import { formatBytes } from './format-bytes.ts';
import { alignColumns } from './model-lines.ts';
import { printableLine } from './printable.ts';

const MAX_LINES = 40;

/** @internal What a folder says that it is, and whether all of it is here. */
export function folderFacts(details: FolderDetails): [string, string][] {
  const { kind, library, className, version, isComplete, missing, code, unread } = details;
  const said = [className, library === null ? null : `of ${library}`, version]
    .filter((word) => word !== null)
    .join(' ');
  return [
    ...(said === '' ? [] : [[`${kind}:`, said] as [string, string]]),
    ['complete:', isComplete ? 'yes' : missing.length === 0 ? 'no' : `no, ${missing.length} files are missing`],
    ...(code.length === 0 ? [] : [['code:', code.join(', ')] as [string, string]]),
    ...(unread.length === 0 ? [] : [['not read:', unread.slice(0, MAX_LINES).join(', ')] as [string, string]]),
  ];
}

/** @internal The parts of a folder, and what is missing of them. */
export function folderLines({ kind, parts, missing }: FolderDetails): readonly string[] {
  const rows = parts
    .slice(0, MAX_LINES)
    .map((part) => [
      part.name === '' ? '.' : part.name,
      [part.library, part.className].filter((word) => word !== null).join('.') || '-',
      part.weights[0] === undefined ? '-' : part.weights[0].type,
      part.weights[0]?.quantisation ?? part.precision ?? '-',
      `${part.files.length}`,
      formatBytes(part.sizeBytes),
      stateOf(part),
    ]);
  const table = alignColumns([['PART', 'CLASS', 'TYPE', 'PRECISION', 'FILES', 'SIZE', 'STATE'], ...rows]);
  return [
    ...(kind === 'model' ? [] : ['parts:', table, ...andMore(parts.length)]),
    ...(missing.length === 0
      ? []
      : [
          'missing:',
          ...missing.slice(0, MAX_LINES).map((path) => `  ${printableLine(path)}`),
          ...andMore(missing.length),
        ]),
  ];
}

function stateOf({ isComplete, files, missing, weights }: FolderPart): string {
  if (isComplete) return files.length === 0 ? 'left out' : 'complete';
  const problem = weights.some((each) => each.problem !== null);
  return problem ? 'broken' : files.length === 0 ? 'not here' : `${missing.length} missing`;
}

function andMore(count: number): readonly string[] {
  return count > MAX_LINES ? [`  and ${count - MAX_LINES} more`] : [];
}
