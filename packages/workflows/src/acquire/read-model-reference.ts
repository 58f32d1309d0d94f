import { ModelkeepError } from '@modelkeep/core';
import { parseReference, type HubReference, type UrlReference } from '@modelkeep/hf-client';

/**
 * Reads the reference of a model repo, of a part of one, or of any file on the web.
 *
 * @throws `hub.invalid-reference`; `workflows.invalid-reference` for a dataset, a space and Civitai
 */
export function readModelReference(text: string, endpoint: string): HubReference | UrlReference {
  const reference = parseReference(text, { endpoint });
  if (reference.provider === 'url') return reference;
  if (reference.provider === 'hf' && reference.repoType === 'model') return reference;
  const shown = text.trim().replace(/[?#].*$/s, '');
  const isCivitai = reference.provider === 'civitai';
  const reason = isCivitai
    ? 'downloads from Civitai come with a later version'
    : `it names a ${reference.repoType}, and a library keeps models`;
  throw new ModelkeepError('workflows.invalid-reference', {
    message: `${JSON.stringify(shown)}: ${reason}`,
    facts: { reference: shown, reason },
    hint: isCivitai
      ? 'name a model of the hub such as hf:org/name, or download the file with a browser and import it'
      : 'name a model such as hf:org/name, or the https address of a file',
  });
}
