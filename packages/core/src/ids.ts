import { v7 } from 'uuid';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new id: UUIDv7, so that ids sort by their time. */
export function newId(): string {
  return v7();
}

/** Whether a text read back from disk is an id, and so safe as a file name. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
