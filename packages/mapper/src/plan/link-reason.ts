/** Why a model is skipped, why a link is in conflict, or why it is removed. */
export const linkReasonCodes = [
  'type-not-mapped',
  'family-not-mapped',
  'excluded',
  'version-excluded',
  'override-invalid',
  'plan-only',
  'no-setting',
  'config-refused',
  'path-too-long',
  'format-not-accepted',
  'extension-not-accepted',
  'plugin-missing',
  'shards-not-supported',
  'file-missing-in-model',
  'incomplete',
  'no-weights',
  'unsafe-name',
  'same-content',
  'no-free-name',
  'source-missing',
  'source-not-in-library',
  'folder-unusable',
  'folder-moved',
  'foreign-file',
  'foreign-link',
  'case-collision',
  'registered-elsewhere',
  'linked-by-others',
  'no-longer-mapped',
  'already-gone',
  'changed-since',
  'app-root-gone',
  'no-link-possible',
  'not-from-hub',
] as const;
export type LinkReasonCode = (typeof linkReasonCodes)[number];

/** A reason as a code for apps and a sentence for people. */
export interface LinkReason {
  readonly code: LinkReasonCode;
  /** English; apps translate by the code. */
  readonly message: string;
}
