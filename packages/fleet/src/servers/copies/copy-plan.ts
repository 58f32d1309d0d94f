/** What is to be seen to for a model: how many servers should have it, and who may decide that it is fetched. */
export interface CopyPolicy {
  /**
   * `never`: nothing is fetched. `ask`: fetches are proposed, and somebody decides. `on-demand`: what jobs need is fetched.
   * `keep`: as many servers as `copies` have it, and what jobs need is fetched.
   */
  readonly mode: 'never' | 'ask' | 'on-demand' | 'keep';
  /** With `keep`. @default 1 */
  readonly copies?: number | undefined;
}

/** A model that has a policy, and where it is needed now. */
export interface GovernedContent {
  readonly sha256: string;
  readonly policy: CopyPolicy;
  /** Servers whose jobs need it and that do not have it. @default none */
  readonly neededOn?: readonly string[] | undefined;
}

/** A content that a server should get. Plain data. */
export interface PlannedCopy {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The server that gets it. */
  readonly to: string;
  /** The servers that have it and can be reached, the least busy first; none: it has to come from its source. */
  readonly from: readonly { readonly serverId: string; readonly endpoint: string }[];
  /** Whether somebody has to agree first. */
  readonly ask: boolean;
  readonly because: string;
}

/** A content that is not where it should be, and that no plan can bring there. */
export interface UnmetCopies {
  readonly sha256: string;
  readonly reason: 'unknown' | 'no-room' | 'no-server';
  /** How many servers should have it more than will. */
  readonly missingCopies: number;
}

/** What to fetch where. Plain data. */
export interface CopyPlan {
  readonly copies: readonly PlannedCopy[];
  readonly unmet: readonly UnmetCopies[];
}
