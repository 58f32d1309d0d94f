/**
 * How files get in. `copy`: the originals stay as they are; a drive that can clone makes no copy of their bytes. `move`:
 * the originals become the library's, without a copy on the same drive, and lose their names outside it once that is
 * durable. `link`: a clone where the drive can, and otherwise the model is adopted where it is. `auto`: what another tool
 * keeps (the caches of Hugging Face and Ollama) is adopted where it is, anything else is copied.
 */
export const importModes = ['auto', 'copy', 'move', 'link'] as const;
export type ImportMode = (typeof importModes)[number];

/** What models are sorted by; `imported`: when they came into the library. */
export const modelSorts = ['name', 'size', 'imported', 'updated'] as const;
export type ModelSort = (typeof modelSorts)[number];

/** What models are counted by. */
export const facetFields = [
  'type',
  'family',
  'baseModel',
  'format',
  'precision',
  'quantisation',
  'licence',
  'provider',
  'tags',
] as const;
export type FacetField = (typeof facetFields)[number];
