import type { DeclaredModels } from './declared-models.ts';
import type { Manifest } from './manifest.ts';
import type { ProgressTable } from './progress.ts';
import type { Repos } from './repos.ts';
import type { StateCall } from './state-call.ts';
import type { StateChangePage, StateChangesOptions, StateSubscription } from './state-changes.ts';
import type { Tokens, TokenValues } from './tokens.ts';

/** What a reset took away, and where it can be had again. */
export interface StateReset {
  /** The copy that was made before: an absolute path, or the name of a schema in the same database. */
  readonly backup: string;
}

/**
 * What processes and machines know in common of one library, and of those that share its state. Every write is committed
 * when its promise resolves, and is seen by every reader from then on.
 *
 * Besides what is named below, every call may throw `core.closed`, `signal.reason`, and the errors of its engine:
 * `sqlite.*` and `io.*`, or those of the connection to a server.
 */
export interface SharedState extends AsyncDisposable {
  readonly engine: 'sqlite' | 'postgres';
  /** The library that writes go to. */
  readonly libraryId: string;
  readonly declared: DeclaredModels;
  readonly manifest: Manifest;
  readonly progress: ProgressTable;
  readonly repos: Repos;
  readonly tokens: Tokens;
  /**
   * What happens, in any process and on any machine: first what happened since, then each change within moments (50 ms on
   * one machine), until the signal aborts, which ends it with the signal's reason. No change is lost while others write.
   *
   * @throws `core.invalid-argument` for a text that is no cursor, `core.closed` when the state is closed meanwhile
   */
  changes(options?: StateChangesOptions): AsyncIterable<StateChangePage>;
  /** The same, for a listener; what it throws is dropped. The returned function ends it. */
  subscribe(listener: (page: StateChangePage) => void, options?: StateSubscription): () => void;
  /** Copies everything but the secrets, consistently. @returns the absolute path of the copy, or the name of its schema */
  backup(call?: StateCall): Promise<string>;
  /**
   * Forgets everything of the own library but the tokens, after a backup; and what was declared, where nobody else shares
   * it. Models stay where they are.
   */
  reset(call?: StateCall): Promise<StateReset>;
  /** Ends what runs. Later calls fail with `core.closed`. Safe to call twice. */
  close(): Promise<void>;
}

/** What opening gives: the state to hand out, and the values of its tokens to keep. */
export interface OpenedState {
  readonly state: SharedState;
  /** For the HTTP client alone. */
  readonly tokenValues: TokenValues;
}
