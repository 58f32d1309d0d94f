import { redirectAnswer, type Answer } from '../hub/http/answer.ts';
import type { FaultContext } from './fault-context.ts';
import type { RedirectFault } from './fault.ts';

function locationOf(fault: RedirectFault, { originUrl, url }: FaultContext): string {
  switch (fault.kind) {
    case 'redirect-loop':
      return `${originUrl}${url}`;
    case 'redirect-scheme':
      return `${fault.scheme ?? 'ftp'}://${originUrl.replace(/^https?:\/\//, '')}${url}`;
    case 'redirect-origin':
      return `${fault.origin}${url}`;
    case 'redirect':
    default:
      return fault.location;
  }
}

/** The redirect that takes the place of an answer. */
export function applyRedirectFault(fault: RedirectFault, context: FaultContext): Answer {
  return redirectAnswer(302, locationOf(fault, context));
}
