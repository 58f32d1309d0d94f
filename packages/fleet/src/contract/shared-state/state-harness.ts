import type { Clock } from '@modelkeep/core';
import type { OpenedState } from '../../ports/shared-state.ts';

/** How a state is opened. */
export interface OpenStateOptions {
  /** @default the same for all of a case */
  readonly libraryId?: string | undefined;
  readonly clock?: Clock | undefined;
}

/** What a case of the contract works with. */
export interface StateHarness {
  /** Opens the state of the case: each call as another process would. The case closes what it opens. */
  readonly open: (options?: OpenStateOptions) => Promise<OpenedState>;
  /** Whether a backup of this name has something in it. */
  readonly hasBackup: (backup: string) => Promise<boolean>;
  /** Whether several libraries share the state. */
  readonly sharesLibraries: boolean;
}
