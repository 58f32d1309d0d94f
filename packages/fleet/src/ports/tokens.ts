import type { StateCall } from './state-call.ts';

/** What may be known of a token: everything but its value. */
export interface TokenFacts {
  /** `scheme://host[:port]`: the only one that it is sent to. */
  readonly origin: string;
  /** What people call it, such as `huggingface`; null where it has no name. */
  readonly name: string | null;
  /** ISO 8601. */
  readonly setAt: string;
  /** To the minute or so: ISO 8601, null before the first use. */
  readonly lastUsedAt: string | null;
  /** Whether its origin took it when it was last checked; null before that. */
  readonly valid: boolean | null;
  readonly checkedAt: string | null;
}

/** A token to keep. */
export interface NewToken {
  /** `http(s)://host[:port]`; a path is refused, since a token goes to all of an origin. */
  readonly origin: string;
  /** 1 to 16,384 printable ASCII characters, without the word `Bearer`. */
  readonly value: string;
  /** @default null */
  readonly name?: string | null | undefined;
}

/** Tokens can be set, deleted and told of. There is no way to read one back. */
export interface Tokens {
  /**
   * Keeps a token, in place of the one of that origin.
   *
   * @throws `core.invalid-argument` (which never quotes the value), `fleet.secrets-refused` where there is no safe place
   */
  set(token: NewToken, call?: StateCall): Promise<TokenFacts>;
  /** @returns whether there was one */
  delete(origin: string, call?: StateCall): Promise<boolean>;
  /** By origin. */
  list(call?: StateCall): Promise<readonly TokenFacts[]>;
  /** Notes that an origin took a token, or refused it. Nothing happens without a token. */
  note(origin: string, noted: { readonly valid: boolean }, call?: StateCall): Promise<void>;
}

/**
 * The values of the tokens, for whoever composes the HTTP client and for nobody else: it goes into `credentialsFor` and
 * is handed to no caller.
 */
export interface TokenValues {
  /**
   * The token of an origin, to be sent now: notes the use. Never waits: where the place of the secrets cannot answer at
   * once, what another process has set is found within a second or two.
   */
  valueFor(origin: string): string | undefined;
}
