/**
 * What a static scan says about loading a file whose format may run code (pickle). Never "safe": `no-findings` means that
 * nothing was found. `unscanned`: the bytes could not be looked through.
 */
export const safetyVerdicts = ['dangerous', 'suspicious', 'unscanned', 'no-findings'] as const;
export type SafetyVerdict = (typeof safetyVerdicts)[number];

/** One reason for a verdict. */
export interface SafetyFinding {
  readonly severity: Exclude<SafetyVerdict, 'no-findings'>;
  /** In words for people. */
  readonly reason: string;
  /** The Python global that is named, as `module.name`; null where it is about something else. */
  readonly global: string | null;
  /** Place of the byte: within `member` where there is one (inflated), else in the file. */
  readonly offset: number;
  /** Path in the archive, for a file that is one. */
  readonly member: string | null;
  /** Which of the model's files; null where there is one only. */
  readonly file: string | null;
}

/** Verdict and findings for the files of one model, the worst first. */
export interface LoadSafety {
  readonly verdict: SafetyVerdict;
  /** At most 64. */
  readonly findings: readonly SafetyFinding[];
  /** Version of the scan's rules. */
  readonly rulesVersion: number;
}
