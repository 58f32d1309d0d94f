import type { ContractCase } from '@modelkeep/core';
import { declaring } from './declaring.ts';
import { followingChanges } from './following-changes.ts';
import { keepingRepos } from './keeping-repos.ts';
import { keepingTokens } from './keeping-tokens.ts';
import { keepingTheWhole } from './keeping-the-whole.ts';
import { reportingProgress } from './reporting-progress.ts';
import type { StateHarness } from './state-harness.ts';
import { tellingCompleted } from './telling-completed.ts';

/** What every engine of `SharedState` does. */
export const sharedStateContract: readonly ContractCase<StateHarness>[] = [
  ...declaring,
  ...tellingCompleted,
  ...reportingProgress,
  ...keepingRepos,
  ...keepingTokens,
  ...followingChanges,
  ...keepingTheWhole,
];
