import { textAnswer, type Answer } from '../http/answer.ts';

/** An error as the CDN's storage answers it: a small XML document and none of the Hub's headers. */
export function cdnError(status: number, code: string, message: string): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return textAnswer(status, text, { 'content-type': 'application/xml' });
}

/** What a signed URL answers after its time. */
export function expiredUrlAnswer(): Answer {
  return cdnError(403, 'AccessDenied', 'Request has expired');
}
