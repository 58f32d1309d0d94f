import type { RegisteredLink } from '../registry/link-row.ts';

/** Whether a link is as it was recorded, and leads to what it is for. */
export const linkHealths = [
  /** As recorded, and the model's file is there. */
  'ok',
  /** As recorded, but it leads to nothing: the model's file is gone, or its drive is not connected. */
  'broken',
  /** As recorded, but the library has the model elsewhere now. */
  'moved',
  /** As recorded, but the library has other bytes there now, or no such model. */
  'stale',
  /** Something else is there now. It is never touched. */
  'foreign',
  /** Nothing is there. */
  'missing',
  /** The app's folder is not there: its drive may not be connected. */
  'app-root-gone',
] as const;
export type LinkHealth = (typeof linkHealths)[number];

/** A recorded link and its health. */
export interface CheckedLink {
  readonly link: RegisteredLink;
  readonly health: LinkHealth;
}
