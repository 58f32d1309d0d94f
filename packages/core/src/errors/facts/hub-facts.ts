interface HubRequestFacts {
  readonly repo: string;
  readonly revision?: string | undefined;
  readonly path?: string | undefined;
  readonly status: number;
  readonly url: string;
}

/** Errors of the Hub client. */
export interface HubErrorFacts {
  /** The repo does not exist, or the token has no access to it. */
  'hub.repo-not-found': HubRequestFacts;
  /** The repo exists and the revision does not. */
  'hub.revision-not-found': HubRequestFacts;
  /** The revision exists and the file does not. */
  'hub.entry-not-found': HubRequestFacts;
  /** The repo asks people to accept its conditions first. */
  'hub.gated': HubRequestFacts & { readonly acceptUrl: string; readonly authenticated: boolean };
  /** The Hub wants a token, or refuses the one that was sent. */
  'hub.unauthorised': HubRequestFacts & { readonly reason: 'missing-token' | 'bad-token' };
  /** The repo was disabled by the Hub. */
  'hub.disabled': HubRequestFacts;
  /** An answer that the protocol does not know. */
  'hub.unexpected': HubRequestFacts & { readonly reason: string };
  /** A text that is no repo id, revision or reference. */
  'hub.invalid-reference': { readonly reference: string; readonly reason: string };
}
