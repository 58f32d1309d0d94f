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
  /** The server does not serve parts of the file, so that reading a few bytes would fetch all of it. */
  'hub.no-ranges': {
    readonly url: string;
    readonly status: number;
    readonly reason: 'ignored' | 'content-range' | 'multipart' | 'size-unknown';
  };
  /** A file that was opened is another one by now. */
  'hub.file-changed': { readonly url: string; readonly expected: string; readonly found: string };
  /** A selection takes no file of a tree. */
  'hub.nothing-selected': {
    readonly repo?: string | undefined;
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    /** What else was wished for, by the names of the options: `quantisation`, `precision`, `component`, … */
    readonly wanted: Readonly<Record<string, readonly string[]>>;
    /** Quantisations, precisions and formats that there are, at most 100. */
    readonly offered: readonly string[];
    /** Components that there are, at most 100. */
    readonly components: readonly string[];
  };
}
