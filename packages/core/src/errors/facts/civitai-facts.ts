interface CivitaiRequestFacts {
  readonly status: number;
  readonly url: string;
}

/** Errors of the Civitai client. */
export interface CivitaiErrorFacts {
  /** There is no such model, version or file, or not any more. */
  'civitai.not-found': CivitaiRequestFacts & {
    readonly what: 'model' | 'version' | 'file' | 'list';
    readonly id: number | null;
  };
  /** The site has taken the files away. */
  'civitai.removed': CivitaiRequestFacts & {
    readonly what: 'model' | 'version' | 'file';
    readonly id: number | null;
    readonly state: 'archived' | 'taken-down';
  };
  /** The site wants an API key, or refuses the one that was sent. */
  'civitai.unauthorised': CivitaiRequestFacts;
  /** The account of the API key has no access. */
  'civitai.forbidden': CivitaiRequestFacts & { readonly reason: string };
  /** An answer that the protocol does not know. */
  'civitai.unexpected': CivitaiRequestFacts & { readonly reason: string };
  /** A selection takes no file of a version. */
  'civitai.nothing-selected': {
    readonly versionId: number;
    /** The files that there are, at most 100. */
    readonly offered: readonly string[];
  };
}
