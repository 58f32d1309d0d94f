import type { FileIdentification, FileIdentifier } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { folderFacts, folderLines } from '../output/folder-lines.ts';
import { alignColumns, modelTable } from '../output/model-lines.ts';
import { printableLine } from '../output/printable.ts';
import { findingLines, safetyText } from '../output/safety-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { BareContext, CommonOptions } from '../session.ts';

/** @internal */
export interface IdentifyCommandOptions extends CommonOptions {
  readonly offline?: boolean;
  readonly endpoint?: string;
  readonly token?: string;
}

/** @internal Tells what a file or folder is. A site that could not be asked is said, and no failure. */
export async function identifyFile(
  context: BareContext & { readonly identifier: Pick<FileIdentifier, 'identify'> },
  file: string,
  { offline }: IdentifyCommandOptions,
): Promise<ExitCode> {
  const { identifier, terminal, signal, json } = context;
  const found = await withProgress(terminal, identifier.identify(file, { offline, signal }));
  terminal.out(json ? JSON.stringify(found, null, 2) : identificationText(found));
  for (const { source, message } of found.failures) terminal.err(`${source} could not be asked: ${message}`);
  return 0;
}

function identificationText(found: FileIdentification): string {
  const { facts, origins, identification, sizeBytes, sha256, loading, civitai, hub, sidecars, models, asked } = found;
  const { details } = identification;
  const fact = (label: string, name: keyof typeof origins): [string, string] | [] => {
    const value = facts[name];
    const isNone =
      value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
    if (isNone) return [];
    return [`${label}:`, `${Array.isArray(value) ? value.join(', ') : String(value)}  (${origins[name] ?? ''})`];
  };
  const loadingText =
    loading === 'data-only'
      ? 'its format holds no code'
      : (safetyText(identification.safety) ?? 'unscanned: it could not be looked through');
  const lines: [string, string][] = [
    [details?.format === 'folder' ? 'folder:' : 'file:', found.path ?? found.url ?? ''],
    ['format:', identification.format],
    ['size:', formatBytes(sizeBytes)],
    ...(details?.format === 'folder' ? folderFacts(details) : [['sha256:', sha256 ?? '-'] as [string, string]]),
  ];
  const more = [
    fact('type', 'type'),
    fact('family', 'family'),
    fact('base model', 'baseModel'),
    fact('variant', 'variant'),
    fact('precision', 'precision'),
    fact('quantisation', 'quantisation'),
    fact('name', 'name'),
    fact('trigger words', 'triggerWords'),
    fact('licence', 'licence'),
  ].flatMap((line): [string, string][] => (line.length === 0 ? [] : [line]));
  const { confidence } = identification;
  const sure: [string, string][] =
    confidence > 0 ? [['how sure:', `${Math.round(confidence * 100)} % (type and family, by its bytes)`]] : [];
  const evidence = identification.evidence.map((text) => ['because:', text]);
  const origin = [
    ...(civitai === null
      ? []
      : [
          `civitai:${civitai.modelId ?? ''}@${civitai.versionId ?? ''}  ${civitai.modelName ?? ''}, ${civitai.versionName ?? ''}`,
        ]),
    ...hub.map(({ repo, commit, path }) => `hf:${repo}${commit === null ? '' : `@${commit}`}/${path}`),
  ];
  return [
    alignColumns([...lines, ...more, ...sure, ...evidence, ['loading:', loadingText]]),
    ...(details?.format === 'folder' ? folderLines(details) : []),
    ...findingLines(identification.safety),
    ...sidecars.map(
      ({ path, kind, verdict }) =>
        `sidecar: ${printableLine(path)} (${kind}${verdict === 'contradicts' ? ', of another file' : ''})`,
    ),
    ...(origin.length > 0
      ? ['comes from:', ...origin.map((text) => `  ${printableLine(text)}`)]
      : [asked ? 'comes from: nobody knows' : 'comes from: nobody was asked']),
    ...(models.length === 0 ? [] : ['in this library:', modelTable(models)]),
  ].join('\n');
}
