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
export { createTransfers } from './manager/create-transfers.ts';
export type { Transfers, TransfersOptions } from './manager/transfers.ts';
export type { TransferFile } from './manager/transfer-file.ts';
export type { Transfer, TransferAmounts, TransferSnapshot, TransferState } from './manager/transfer.ts';
export type {
  TransferJob,
  TransferJobOptions,
  TransferJobResult,
  TransferJobSnapshot,
  TransferOutcome,
} from './manager/transfer-job.ts';
export { createByteRateLimiter, type ByteRateLimiterOptions } from './limits/create-byte-rate-limiter.ts';
export type { AdjustableRateLimiter, ByteRateLimiter } from './limits/byte-rate-limiter.ts';
export {
  createConnectionBudget,
  type ConnectionBudget,
  type ConnectionBudgetOptions,
  type ConnectionPermit,
} from './connections/connection-budget.ts';
export { requireRate } from './limits/require-rate.ts';
export { createSpaceAccount, type SpaceAccountOptions } from './space/create-space-account.ts';
export type { ReserveSpaceOptions, SpaceAccount, SpaceReservation } from './space/space-account.ts';
export type { JournalExpected } from './journal/journal-lines.ts';
export type { PartOwner } from './journal/read-journal.ts';
export type { TransferAnswer, TransferHttp, TransferRequest } from './transfer-http.ts';
