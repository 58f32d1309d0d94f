import type { ScanReport, ScanResult } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { withProgress } from '../output/show-progress.ts';
import type { Terminal } from '../output/terminal.ts';
import type { CommandContext } from '../session.ts';
import { enrichLines, enrichOptionsOf, tellFailures, type EnrichCommandOptions } from './enrich.ts';

/** @internal */
export interface ScanCommandOptions extends EnrichCommandOptions {
  readonly enrich?: boolean;
  readonly watch?: boolean;
  readonly trustStores?: boolean;
  readonly maxHashBytes?: number;
  readonly followConfigs?: boolean;
  readonly wide?: boolean;
}

/**
 * @internal Brings the library up to date with folders outside of it. What cannot be read makes the command fail; the rest
 * is scanned. A watch ends with Ctrl-C.
 */
export async function scanFolders(
  context: CommandContext,
  roots: readonly string[],
  { watch = false, trustStores, maxHashBytes, wide, followConfigs, enrich = false, ...enriching }: ScanCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const configs = { followConfigs, configVariables: process.env };
  const options = { trustStores, maxHashBytes, wide, ...configs, signal };
  const request = { ...options, enrich: enrich ? enrichOptionsOf(enriching) : false };
  if (!watch) {
    const report = await withProgress(terminal, library.scan(roots, request));
    terminal.out(json ? JSON.stringify(report, null, 2) : linesOf(report));
    tellProblems(terminal, report);
    return report.errors.length === 0 && (report.enriched?.failures.length ?? 0) === 0 ? 0 : 1;
  }
  let isFirst = true;
  for await (const report of library.watch(roots, request)) {
    const isNews = isFirst || newsOf(report).length > 0;
    // One line of JSON for each scan: a reader of a stream takes lines.
    if (json) terminal.out(JSON.stringify(report));
    else if (isNews) terminal.out(linesOf(report));
    if (isNews) tellProblems(terminal, report);
    isFirst = false;
  }
  return 0;
}

function linesOf({ enriched, ...report }: ScanResult): string {
  return [...scanLines(report), ...(enriched === undefined ? [] : enrichLines(enriched))].join('\n');
}

function tellProblems(terminal: Terminal, report: ScanResult): void {
  const { errors, skipped, hashesSkipped, enriched } = report;
  for (const { path, reason } of skipped) terminal.err(`skipped ${path}: ${reason}`);
  for (const { path, sizeBytes } of hashesSkipped) {
    terminal.err(`skipped ${path}: it has ${formatBytes(sizeBytes)}; --max-hash-bytes raises the limit`);
  }
  for (const { path, message } of errors)
    terminal.err(`error: ${message.includes(path) ? message : `${path}: ${message}`}`);
  tellConfigFolders(terminal, report);
  if (enriched !== undefined) tellFailures(terminal, enriched);
}

const notFollowed = {
  outside: 'it is outside of what was scanned; --follow-configs scans it too',
  library: "it is the library's",
  missing: 'it is not there',
  'too-wide': 'it is the home folder, or one above it',
} as const;

function tellConfigFolders(terminal: Terminal, { configFolders }: ScanResult): void {
  for (const { path, config, state } of configFolders) {
    if (state !== 'scanned') terminal.err(`not scanned ${path}, named by ${config}: ${notFollowed[state]}`);
  }
}

function newsOf({ added, updated, moved, missing, returned }: ScanReport): string[] {
  return [
    ...added.map(({ path }) => `added     ${path}`),
    ...updated.map(({ path }) => `updated   ${path}`),
    ...moved.map(({ path, from }) => `moved     ${from ?? ''} -> ${path}`),
    ...missing.map(({ path }) => `missing   ${path}`),
    ...returned.map(({ path }) => `returned  ${path}`),
  ];
}

function scanLines(report: ScanReport): string[] {
  const { added, updated, moved, missing, returned, duplicates } = report;
  const bytesTwice = duplicates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lists = { added, updated, moved, missing, returned };
  const counts = Object.entries(lists).map(([name, list]) => `${list.length} ${name}`);
  const offline = report.roots.filter(({ state }) => state === 'offline').map(({ path }) => `offline   ${path}`);
  return [
    ...offline,
    ...newsOf(report),
    ...duplicates.map(({ path, sameAs }) => `twice     ${path} = ${sameAs}`),
    `${report.total} model files: ${counts.join(', ')}, ${duplicates.length} twice (${formatBytes(bytesTwice)})`,
    `${report.hashesComputed} files hashed (${formatBytes(report.bytesHashed)}), ${report.hashesReused} known by earlier hashes, ${report.offline} offline`,
  ];
}
