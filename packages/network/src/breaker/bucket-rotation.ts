import { EventEmitter } from 'node:events';
import type { Clock } from '@modelkeep/core';

/** Moves the windows of all breakers on, by our clock and without a timer. */
export interface BucketRotation {
  /** What opossum calls a rotate-bucket controller. */
  readonly emitter: EventEmitter;
  /** Catches up with the clock; called before the windows are written. */
  turn(): void;
}

/** What {@link createBucketRotation} needs. */
export interface BucketRotationOptions {
  readonly clock: Clock;
  readonly bucketMs: number;
  readonly buckets: number;
}

/** A rotation that begins now. */
export function createBucketRotation({ clock, bucketMs, buckets }: BucketRotationOptions): BucketRotation {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const indexNow = (): number => Math.floor(clock.monotonicMs() / bucketMs);
  let index = indexNow();
  return {
    emitter,
    turn() {
      const now = indexNow();
      for (let due = Math.min(now - index, buckets); due > 0; due -= 1) emitter.emit('rotate');
      index = now;
    },
  };
}
