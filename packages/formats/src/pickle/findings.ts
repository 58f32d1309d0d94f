import type { SafetyFinding, SafetyVerdict } from '@modelkeep/core';
import { pickleLimits } from './limits.ts';

/** What is found while a file is scanned. */
export interface FindingLog {
  add(finding: Omit<SafetyFinding, 'file' | 'member'>): void;
  /** A log for a member of an archive, which goes into this one. */
  within(member: string): FindingLog;
  /** Opcodes that the scan has left. */
  readonly budget: { opcodes: number; keptBytes: number };
  /** Findings so far: all of them, told or not. */
  readonly count: number;
  readonly findings: readonly SafetyFinding[];
  verdict(): SafetyVerdict;
}

const severities = ['dangerous', 'suspicious', 'unscanned'] as const;

/** @internal Makes an empty {@link FindingLog}. */
export function createFindingLog(file: string | null): FindingLog {
  const findings: SafetyFinding[] = [];
  const seen = new Set<string>();
  const found = new Set<SafetyFinding['severity']>();
  const budget = { opcodes: pickleLimits.maxOpcodes, keptBytes: pickleLimits.maxKeptInAllBytes };
  let count = 0;
  const logFor = (member: string | null): FindingLog => ({
    add(finding) {
      count += 1;
      const key = JSON.stringify([finding.severity, finding.reason, finding.global, member]);
      if (seen.has(key)) return;
      const isNew = !found.has(finding.severity);
      found.add(finding.severity);
      if (findings.length >= pickleLimits.maxFindings && !isNew) return;
      seen.add(key);
      findings.push({ ...finding, member, file });
    },
    within: (inner) => logFor(shown(member === null ? inner : `${member}/${inner}`)),
    budget,
    get count() {
      return count;
    },
    get findings() {
      return findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
    },
    verdict: () => severities.find((severity) => found.has(severity)) ?? 'no-findings',
  });
  return logFor(null);
}

/** @internal Numbers and texts may look like opcodes by chance; only what reads like a name counts. */
export function namesOnly(log: FindingLog, base = 0): FindingLog {
  return {
    add(finding) {
      if (finding.global === null || !/^[A-Za-z_][\w.]+$/.test(finding.global)) return;
      log.add({ ...finding, offset: base + finding.offset });
    },
    within: (member) => namesOnly(log.within(member), base),
    budget: log.budget,
    get count() {
      return log.count;
    },
    get findings() {
      return log.findings;
    },
    verdict: () => log.verdict(),
  };
}

/** A name of a hostile file for people: short, with escapes instead of control and direction characters. */
export function shown(text: string): string {
  const cut = text.length > 160 ? `${text.slice(0, 160)}…` : text;
  return cut.replaceAll(/[\p{C}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}
