import type { FileSink, FinishedFile, ReadonlyByteRanges, SinkChunk } from '@modelkeep/io';

/** @internal What an answer says about the file as a whole. */
export interface SourceFacts {
  /** Strong, in its quotes. */
  readonly etag: string | null;
  readonly totalBytes: number | null;
}

/** @internal A part that is being written. The caller ends it. */
export interface PartWriter {
  readonly path: string;
  readonly facts: SourceFacts;
  /** Bytes in the part and on their way to it. */
  readonly accepted: ReadonlyByteRanges;
  readonly bytesAccepted: number;
  /** Bytes from the start that the hashes have seen. */
  readonly bytesHashed: number;
  /** Bytes that a crash does not take away; without a journal those that are in the part. */
  readonly bytesSafe: number;
  /** Bytes that were there when it was opened. */
  readonly resumedFromBytes: number;
  describe(facts: SourceFacts): void;
  /** Writes a chunk; makes what is there durable at least every 8 MiB, and every second. */
  write(chunk: SinkChunk, signal?: AbortSignal): Promise<void>;
  /** Makes what is there durable and writes it down. */
  checkpoint(): Promise<void>;
  /** Forgets all bytes and begins again in the same file. */
  restart(): Promise<void>;
  /** All bytes are there: closes, durable. */
  finish(): Promise<FinishedFile & Pick<FileSink, 'device' | 'inode'>>;
  /** Closes the file as it is and leaves the rest. Never fails. */
  close(): Promise<void>;
  /** Closes so that a later call goes on where this one stopped. Never fails: it follows a failure that counts more. */
  pause(): Promise<void>;
  /** Closes and removes the part and its journal. Never fails. */
  discard(): Promise<void>;
}
