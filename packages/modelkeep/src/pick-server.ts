import type { PickedServer, RequirementsAnswer } from '@modelkeep/workflows';

/** Ranks servers: those that are ready first, then by load and by the time that fetching takes; each says why it stands there. */
export async function pickServer(answer: Pick<RequirementsAnswer, 'servers'>): Promise<PickedServer> {
  const workflows = await import('@modelkeep/workflows');
  return workflows.pickServer(answer);
}
