import type { Answer } from '../hub/http/answer.ts';
import { applyBodyFault } from './body-faults.ts';
import type { FaultContext } from './fault-context.ts';
import type { Fault } from './fault.ts';
import { applyRangeFault } from './range-faults.ts';
import { applyRedirectFault } from './redirect-faults.ts';
import { applyStatusFault } from './status-faults.ts';

/** The answer as the fault leaves it, or `null` when the fault would change nothing of it. */
export function applyFault(fault: Fault, answer: Answer, context: FaultContext): Answer | null {
  switch (fault.kind) {
    case 'reset':
    case 'reset-before-headers':
    case 'stall':
    case 'stall-before-headers':
    case 'truncate':
    case 'wrong-content-length':
    case 'flip-bit':
    case 'gzip':
    case 'slow':
      return applyBodyFault(fault, answer, context);
    case 'ignore-range':
    case 'wrong-content-range':
    case 'no-content-range':
    case 'multipart':
    case 'range-not-satisfiable':
    case 'change-etag':
      return applyRangeFault(fault, answer, context);
    case 'rate-limited':
    case 'status':
    case 'expired-url':
    case 'html-page':
    case 'text':
    case 'headers':
      return applyStatusFault(fault, answer, context);
    case 'redirect-loop':
    case 'redirect-scheme':
    case 'redirect-origin':
    case 'redirect':
    default:
      return applyRedirectFault(fault, context);
  }
}
