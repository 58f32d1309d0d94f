import { ModelkeepError } from './modelkeep-error.ts';

/**
 * @internal How long is waited, one time after the other, until it is tried again to open what could not be opened: three seconds in
 * all. What holds many files for a moment is done by then.
 */
export const descriptorWaitsMs: readonly number[] = [100, 200, 400, 800, 1_500];

/** What was to be opened when no descriptor was left. */
export interface TooManyFilesOptions {
  /** A path, or a name for people: `a thread of the pool "io"`. */
  readonly what: string;
  /** `EMFILE` is of this process, `ENFILE` of the whole machine. */
  readonly systemCode: 'EMFILE' | 'ENFILE';
  readonly cause?: unknown;
}

/**
 * How many files this process may have open, where the system tells. Asked of Node's report, which opens none: with the
 * limit reached `/proc/self/limits` could not be read.
 */
function openFilesLimit(): number | undefined {
  // Node's types do not know it yet.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  const { excludeNetwork = false } = report;
  // Otherwise it looks up the names of its peers.
  report.excludeNetwork = true;
  try {
    const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
    const soft = userLimits?.open_files?.soft;
    return typeof soft === 'number' ? soft : undefined;
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

/** @internal The error of whatever needs a descriptor where none is left, with the limit and what to do. */
export function tooManyFiles({ what, systemCode, cause }: TooManyFilesOptions): ModelkeepError<'core.too-many-files'> {
  const limit = systemCode === 'EMFILE' ? openFilesLimit() : undefined;
  const more = Math.max(1_024, 2 * (limit ?? 0));
  const may = limit === undefined ? '' : `, which may have ${limit}`;
  return new ModelkeepError('core.too-many-files', {
    message: `cannot open ${what}: too many files are open ${systemCode === 'EMFILE' ? `in this process${may}` : 'on this machine'}`,
    facts: { what, systemCode, limit },
    hint:
      systemCode === 'EMFILE'
        ? `let the process open more (ulimit -n ${more}, or LimitNOFILE of its service), or run fewer operations at once, and run it again: what is already there is kept`
        : 'close other programs, or let the machine have more (sysctl fs.file-max), and run it again: what is already there is kept',
    cause,
  });
}
