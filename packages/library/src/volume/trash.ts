import { join } from 'node:path';
import type { VolumeLayout } from './layout.ts';

/** @internal Where deleted models wait to be collected: `trash/models-<time>/<id>`. */
export function trashFolder(layout: VolumeLayout): string {
  return join(layout.private, 'trash');
}

/** @internal `models-` and a time in compact ISO 8601: what was deleted at one time is collected at one time. */
export function trashName(now: number): string {
  return `models-${new Date(now).toISOString().replaceAll(/[-:.]/gu, '')}`;
}

/** @internal Matches {@link trashName}. */
export const TRASH_NAME: RegExp = /^models-\d{8}T\d{9}Z$/;
