/** Whether a file may be had, with the API key of now. */
export type CivitaiAccess =
  | { readonly kind: 'ready' }
  /** The site wants an API key, or another one; `url` is where it is made. */
  | { readonly kind: 'login'; readonly url: string }
  /** The version is sold until `until`, where that is told; `url` is its page. */
  | { readonly kind: 'early-access'; readonly url: string; readonly until: string | null }
  /** The account has no access; `url` is the page. */
  | { readonly kind: 'no-access'; readonly url: string; readonly reason: string }
  /** The files were removed. */
  | { readonly kind: 'archived' }
  | { readonly kind: 'not-found' };

/** Which file is meant. */
export interface CivitaiDownload {
  readonly versionId: number;
  /** @default the primary file of the version */
  readonly fileId?: number | null | undefined;
  /** For the page that people are sent to. */
  readonly modelId?: number | null | undefined;
}

/** Where a file is downloaded from: an address that redirects to one that is signed, and never with a token. */
export function downloadUrl(endpoint: string, { versionId, fileId = null }: CivitaiDownload): string {
  return `${endpoint}/api/download/models/${versionId}${fileId === null ? '' : `?fileId=${fileId}`}`;
}

/** The page of a version, for people. */
export function pageUrl(endpoint: string, { versionId, modelId = null }: CivitaiDownload): string {
  return modelId === null
    ? `${endpoint}/model-versions/${versionId}`
    : `${endpoint}/models/${modelId}?modelVersionId=${versionId}`;
}
