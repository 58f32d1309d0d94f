import type { ConfigFormat } from '../profiles/mapping-way.ts';

/** Whether a config file leads an app to its links. */
export const configHealths = [
  /** What is ours in it is as it has to be. */
  'ok',
  /** The file is not there. */
  'missing',
  /** What is ours in it is gone, or is not what follows from the links. */
  'edited',
  /** It cannot be changed without losing what others wrote: it is a link, cannot be read, or our block was changed by hand. */
  'refused',
  /** The app's folder is not there: its drive may not be connected. */
  'app-root-gone',
] as const;
export type ConfigHealth = (typeof configHealths)[number];

/** A config file that something of ours is in, and its health. Plain data. */
export interface CheckedFile {
  /** Absolute. */
  readonly path: string;
  readonly app: string;
  /** The app's folder. */
  readonly appRoot: string;
  readonly format: ConfigFormat;
  readonly health: ConfigHealth;
  /** Why it is `refused`; English. */
  readonly problem: string | null;
}
