import { redactSecrets } from '@modelkeep/core';
import { invalidReference } from '../urls/invalid-reference.ts';

const ACCEPTED =
  'Write hf:org/name, hf:org/name@revision/path, hf:datasets/org/name, civitai:<model id>@<version id>, ' +
  'or paste the https URL of a repo, a model page or a file.';

/** Far more than is shown: what is cut off of a secret leaves too little to be recognised. */
const MAX_READ_CHARS = 10_000;

/** @throws `hub.invalid-reference`, without the secrets that the text may carry */
export function refuseReference(text: string, reason: string): never {
  throw invalidReference(redactSecrets(text.slice(0, MAX_READ_CHARS).trim()), reason, ACCEPTED);
}
