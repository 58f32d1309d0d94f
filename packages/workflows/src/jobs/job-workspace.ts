import type { Workspace } from '../workspace/workspace.ts';

/** @internal The operations that jobs are made of. */
export type JobWorkspace = Pick<
  Workspace,
  | 'planDownload'
  | 'download'
  | 'repos'
  | 'servers'
  | 'import'
  | 'scan'
  | 'computeHashes'
  | 'enrich'
  | 'verify'
  | 'planLinks'
>;
