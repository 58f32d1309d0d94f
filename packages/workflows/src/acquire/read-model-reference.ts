import { ModelkeepError } from '@modelkeep/core';
import { parseReference, type CivitaiReference, type HubReference, type UrlReference } from '@modelkeep/hf-client';

/**
 * Reads the reference of a model repo, of a part of one, of a model on Civitai, or of any file on the web.
 *
 * @throws `hub.invalid-reference`; `workflows.invalid-reference` for a dataset and a space
 */
export function readModelReference(text: string, endpoint: string): HubReference | CivitaiReference | UrlReference {
  const reference = parseReference(text, { endpoint });
  if (reference.provider !== 'hf' || reference.repoType === 'model') return reference;
  const shown = text.trim().replace(/[?#].*$/s, '');
  const reason = `it names a ${reference.repoType}, and a library keeps models`;
  throw new ModelkeepError('workflows.invalid-reference', {
    message: `${JSON.stringify(shown)}: ${reason}`,
    facts: { reference: shown, reason },
    hint: 'name a model such as hf:org/name or civitai:101055, or the https address of a file',
  });
}
