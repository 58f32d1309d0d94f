import type { LoadSafety, ModelRecord, SafetyFinding } from '@modelkeep/core';
import { printableLine } from './printable.ts';

const MAX_LINES = 12;

/** What a verdict means for who loads the model; null for a format that holds data only. */
export function safetyText(safety: LoadSafety | null | undefined): string | null {
  if (safety === null || safety === undefined) return null;
  const meaning = {
    dangerous: 'dangerous: it runs code that weights do not need; do not load it',
    suspicious: 'suspicious: look at what was found before loading it',
    unscanned: 'unscanned: it could not be looked through',
    'no-findings': 'nothing was found in its pickle; that is no proof',
  };
  return meaning[safety.verdict];
}

/** Findings as lines, the worst first. */
export function findingLines(safety: LoadSafety | null | undefined): readonly string[] {
  const findings = safety?.findings ?? [];
  if (findings.length === 0) return [];
  const more = findings.length - MAX_LINES;
  const rest = more > 0 ? [`  and ${more} more`] : [];
  return [
    'findings:',
    ...findings.slice(0, MAX_LINES).map((finding) => `  ${printableLine(findingText(finding))}`),
    ...rest,
  ];
}

/** What to warn of when models arrive, or nothing. */
export function safetyWarnings(models: readonly ModelRecord[]): readonly string[] {
  return models.flatMap(({ slug, safety }) => {
    if (safety === null || safety === undefined || safety.verdict === 'no-findings') return [];
    const [worst] = safety.findings;
    return [`${slug} is ${safety.verdict}${worst === undefined ? '' : `: ${findingText(worst)}`}`];
  });
}

function findingText({ severity, reason, global, offset, member, file }: SafetyFinding): string {
  const place = [file, member].filter((part) => part !== null).join(': ');
  const what = global === null ? reason : `${global}: ${reason}`;
  return `${severity}  ${what} (byte ${offset}${place === '' ? '' : ` of ${place}`})`;
}
