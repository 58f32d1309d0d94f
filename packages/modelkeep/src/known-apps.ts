import type { KnownApp } from '@modelkeep/workflows';

/** The apps that are known without a plugin. */
export async function knownApps(): Promise<readonly KnownApp[]> {
  const workflows = await import('@modelkeep/workflows');
  return workflows.knownApps();
}
