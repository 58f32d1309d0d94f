export { fetchToPart } from './fetch-to-part.ts';
export { downloadFile, type DownloadedFile, type DownloadFileOptions } from './download-file.ts';
export { readPart, type LeftPart, type PartPlace } from './read-part.ts';
export { discardPart } from './discard-part.ts';
export type {
  ExpectedContent,
  FetchOptions,
  FetchToPartOptions,
  TransferProgress,
  Verification,
  VerifiedPart,
} from './fetch-options.ts';
export type { JournalExpected } from './journal/journal-lines.ts';
export type { PartOwner } from './journal/read-journal.ts';
export type { TransferAnswer, TransferHttp, TransferRequest } from './transfer-http.ts';
