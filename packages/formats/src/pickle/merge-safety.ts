import { safetyVerdicts, type LoadSafety } from '@modelkeep/core';
import { pickleLimits } from './limits.ts';

/** The safety of several files together: the worst verdict, and the worst findings of all; null for none. */
export function mergeSafety(all: readonly LoadSafety[]): LoadSafety | null {
  const [first] = all;
  if (first === undefined) return null;
  const verdict = safetyVerdicts.find((each) => all.some((safety) => safety.verdict === each)) ?? first.verdict;
  const findings = all
    .flatMap((safety) => safety.findings)
    .toSorted((a, b) => safetyVerdicts.indexOf(a.severity) - safetyVerdicts.indexOf(b.severity));
  return { verdict, findings: findings.slice(0, pickleLimits.maxFindings), rulesVersion: first.rulesVersion };
}
