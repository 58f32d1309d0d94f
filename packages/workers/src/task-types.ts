import type { SerialisedError } from '@modelkeep/core';

/** What a task is given beside its input. */
export interface TaskContext {
  /** Aborts when the caller gives up. Asynchronous tasks listen to it. */
  readonly signal: AbortSignal;
  /** Whether the caller gave up. Synchronous work asks this between its chunks: no event reaches it. */
  isCancelled(): boolean;
  /** Sends an intermediate value to the caller's `onProgress`. */
  report(value: unknown): void;
}

/** A task: plain data in, plain data out. It may block: it runs off the main thread. */
export type Task<Input = never, Output = unknown> = (input: Input, context: TaskContext) => Output | Promise<Output>;

/** The tasks of a worker by name. */
export type Tasks = Readonly<Record<string, Task>>;

/** @internal Main thread → worker. */
export type RequestMessage =
  | { readonly callId: number; readonly task: string; readonly input: unknown; readonly cancelFlag: SharedArrayBuffer }
  | { readonly cancelCallId: number }
  | { readonly end: true };

/** @internal Worker → main thread. */
export type ReplyMessage =
  | { readonly kind: 'progress'; readonly callId: number; readonly value: unknown }
  | { readonly kind: 'done'; readonly callId: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly callId: number; readonly error: SerialisedError };
