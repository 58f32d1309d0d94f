/** Errors of SQLite and of the locks. */
export interface SqliteErrorFacts {
  /** A statement failed. */
  'sqlite.failed': { readonly path: string; readonly sqliteCode: string };
  /** The database file is damaged. */
  'sqlite.corrupt': { readonly path: string };
  /** The driver lacks what is needed. */
  'sqlite.unsupported': { readonly driver: string; readonly missing: string };
  /** The database was written by a newer version of modelkeep. */
  'sqlite.schema-newer': {
    readonly path: string;
    readonly namespace: string;
    readonly found: number;
    readonly supported: number;
  };
  /** The database was written by an older version of modelkeep, and is opened read-only: it cannot be brought up to date. */
  'sqlite.schema-older': {
    readonly path: string;
    readonly namespace: string;
    readonly found: number;
    readonly supported: number;
  };
  /** Another process holds the lock for longer than the caller waits. */
  'sqlite.locked': { readonly path: string; readonly waitedMs: number };
}

/** Errors of reading model files. */
export interface FormatsErrorFacts {
  /** A file of a known format that breaks the format's rules. */
  'formats.invalid': { readonly format: string; readonly path?: string | undefined; readonly reason: string };
  /** A file whose header is larger than the limit. */
  'formats.too-large': {
    readonly format: string;
    readonly path?: string | undefined;
    readonly what: string;
    readonly found: number;
    readonly limit: number;
  };
}

/** Why a file name is refused. */
export type NameProblem =
  | 'empty'
  | 'traversal'
  | 'absolute'
  | 'backslash'
  | 'control-character'
  | 'reserved-character'
  | 'device-name'
  | 'trailing-dot-or-space'
  | 'bidi-control'
  | 'too-long'
  | 'not-unicode';

/** Errors of the library. */
export interface LibraryErrorFacts {
  /** File names that are refused before anything is downloaded or copied. */
  'library.unsafe-name': { readonly names: readonly { readonly name: string; readonly problem: NameProblem }[] };
  /** No model answers to this id, prefix, slug or name. */
  'library.model-not-found': { readonly reference: string };
  /** A name of more than one model, or the start of more than one id: the first ten of them. */
  'library.ambiguous-id': {
    readonly reference: string;
    readonly ids: readonly string[];
    readonly slugs: readonly string[];
  };
  /** The folder is no library, or its files contradict each other. */
  'library.invalid': { readonly path: string; readonly reason: string };
  /** The library was opened with `mode: 'read'`, or the drive is read-only. */
  'library.read-only': { readonly root: string };
  /** Whether the drive has hard links could not be found out, and what a volume is made for depends on it. */
  'library.no-links': { readonly root: string };
  /** A metadata.json that cannot be read. */
  'library.corrupt-metadata': { readonly path: string; readonly reason: string };
  /** An edit with a field or a value that no model can have. */
  'library.invalid-edit': { readonly field: string; readonly reason: string };
  /** What was given is no export of metadata, or cannot be read further. */
  'library.invalid-export': { readonly line: number; readonly reason: string };
  /** What is needed and what is not cannot be told apart, so nothing is collected. */
  'library.gc-refused': { readonly path: string; readonly reason: string };
  /** The volume that was opened is not at its place any more. */
  'library.volume-absent': { readonly root: string };
  /** A model is on a volume of the library that is not here now: its drive is not connected. */
  'library.volume-offline': { readonly volumeId: string; readonly label: string; readonly path: string | null };
  /** No volume of the library answers to this id, start of an id or label. */
  'library.volume-not-found': { readonly reference: string; readonly known: readonly string[] };
  /** A volume that cannot be taken out of the library: it is the first one, or has models. */
  'library.volume-in-use': { readonly volumeId: string; readonly models: number };
  /** What another tool keeps leads out of its store, contradicts itself or has a name that nothing may have. */
  'library.unsafe-entry': { readonly path: string; readonly reason: string };
  /** What another tool keeps is not what it calls it. */
  'library.damaged-entry': { readonly path: string; readonly expected: string; readonly found: string };
  /** The files of the model were given up to make room. */
  'library.model-evicted': { readonly modelId: string; readonly slug: string };
  /** What is to come would take the models over what they may take. */
  'library.quota-exceeded': {
    readonly quotaBytes: number;
    readonly usedBytes: number;
    readonly neededBytes: number;
  };
  /** A folder to scan is the home folder or holds it: most of what is in there is no model. */
  'library.too-wide': { readonly path: string; readonly home: string };
  /** Nothing in the selection or in the import is a model. */
  'library.nothing-to-import': { readonly paths: readonly string[] };
}

/** Errors of the mapper. */
export interface MapperErrorFacts {
  /** No profile for this app. */
  'mapper.unknown-app': { readonly app: string; readonly known: readonly string[] };
  /** The app's folder is missing or is not one. */
  'mapper.app-root': { readonly path: string; readonly reason: string };
  /** The plan no longer fits what is on disk. */
  'mapper.stale-plan': { readonly path: string; readonly reason: string };
  /** A plan that came back with something in it that no plan of ours has. */
  'mapper.invalid-plan': { readonly pointer: string; readonly problem: string };
  /** An app profile that breaks the rules for profiles. */
  'mapper.invalid-profile': { readonly profile: string; readonly pointer: string; readonly problem: string };
  /** A translation config that breaks the rules for them. */
  'mapper.invalid-translation': { readonly path: string; readonly pointer: string; readonly problem: string };
  /** A config file of an app that cannot be changed without losing what stands there, or was changed meanwhile. */
  'mapper.config-refused': { readonly path: string; readonly reason: string };
  /** The system does not let this user make links, or the drive has none. */
  'mapper.link-refused': { readonly path: string; readonly systemCode: string };
}

/** Errors of the workflows and of the facade. */
export interface WorkflowErrorFacts {
  /** A person has to act before this can go on. */
  /** A server was refused what it asked another one for: 401 without the secret between them, 403 for any other reason. */
  'workflows.peer-refused': { readonly status: 401 | 403 };
  'workflows.waiting-for-user': { readonly reason: 'gate' | 'token' | 'early-access'; readonly url: string };
  /** A model that apps on this machine link to, and that is not deleted unless its links may go. */
  'workflows.model-linked': {
    readonly modelId: string;
    readonly slug: string;
    readonly links: readonly { readonly app: string; readonly target: string }[];
  };
  /** The model's source has nothing newer, or nothing at all any more. */
  'workflows.no-update': { readonly modelId: string; readonly slug: string; readonly reason: string };
  /** A model whose files cannot be had again from where they came from. */
  'workflows.not-fetchable': { readonly modelId: string; readonly slug: string; readonly files: readonly string[] };
  /** What another tool left behind is not what it should be, or cannot be read. */
  'workflows.unreadable-source': { readonly path: string; readonly reason: string };
  /** Nobody has declared a model under these keys. */
  'workflows.not-declared': { readonly keys: readonly string[] };
  /** A repo that was never synced, or not to its end. */
  'workflows.not-synced': { readonly repoId: string; readonly repo: string };
  /** A source does not have a file as it was declared; `found` is null where it does not have it at all. */
  'workflows.not-as-declared': {
    readonly key: string;
    readonly path: string;
    readonly expected: { readonly sizeBytes: number | null; readonly sha256: string | null };
    readonly found: { readonly sizeBytes: number | null; readonly sha256: string | null } | null;
  };
  /** A reference that is none of the supported kinds. */
  'workflows.invalid-reference': { readonly reference: string; readonly reason: string };
}
