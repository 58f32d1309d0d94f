export { createCivitaiClient, defaultCivitaiEndpoint } from './client/create-civitai-client.ts';
export type { CivitaiClient, CivitaiClientOptions, CivitaiEnums } from './client/civitai-client.ts';
export type { CivitaiAccess, CivitaiDownload } from './access/civitai-access.ts';
export type { CivitaiFile } from './files/civitai-file.ts';
export type { CivitaiImage } from './images/civitai-image.ts';
export { cachedMisses, memoryMisses, type MissStore } from './misses/miss-store.ts';
export type { CivitaiModel } from './models/civitai-model.ts';
export type { CivitaiImagesQuery, CivitaiSearchQuery } from './search/search-query.ts';
export { detailsOfVersion, type CivitaiState, type CivitaiVersion } from './versions/civitai-version.ts';
