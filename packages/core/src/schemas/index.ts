export { loadSafetySchema } from './load-safety.ts';
export {
  historyEntrySchema,
  modelFactsSchema,
  modelFileSchema,
  modelMetadataSchema,
  modelOverridesSchema,
  modelSourceSchema,
  volumeFileSchema,
} from './metadata.ts';
