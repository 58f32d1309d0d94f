import { textAnswer, type Answer } from '../http/answer.ts';

/** Ends the handling of a request with an answer. Never leaves the hub. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** The codes of `X-Error-Code` that clients tell apart. */
type HubErrorCode = 'RepoNotFound' | 'RevisionNotFound' | 'EntryNotFound' | 'GatedRepo';

/** An error of the Hub. */
export interface HubErrorOptions {
  readonly message: string;
  readonly code?: HubErrorCode;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as the Hub answers it: code and message in headers, the message in a JSON body too. */
export function hubError(status: number, { code, headers, message }: HubErrorOptions): Answer {
  return textAnswer(status, JSON.stringify({ error: message }), {
    'content-type': 'application/json; charset=utf-8',
    'x-error-message': message.replaceAll(/[^\x20-\x7e]/g, '?'),
    ...(code === undefined ? {} : { 'x-error-code': code }),
    ...headers,
  });
}

/** Refuses with an error of the Hub. */
export function refuse(status: number, options: HubErrorOptions): never {
  throw new Refusal(hubError(status, options));
}
