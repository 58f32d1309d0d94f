import validRange from 'semver/ranges/valid.js';
import { checkCount, refuse } from '../check-text.ts';
import { hasLabels } from '../server-of-row.ts';
import type { Servers } from '../servers-port.ts';
import { judgeAvailability } from './judge-availability.ts';
import { parseRequirement } from './parse-requirement.ts';
import type { ModelRequirement, RequiredModel, RequirementsAnswer } from './requirement.ts';

/** What is asked of the servers. */
export interface CheckRequirementsOptions {
  /** At most 1,000. */
  readonly models: readonly ModelRequirement[];
  /** Only servers with these labels. @default all */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells for each server whether it has the models that a job needs, what it lacks, and what fetching that takes: asked
 * before a job is submitted, and again before it is dispatched.
 *
 * @throws `core.invalid-argument`, and what the store throws
 *
 * @example
 * ```ts
 * import { checkRequirements, pickServer, type Servers } from '@modelkeep/fleet';
 *
 * export async function whereTo(servers: Servers): Promise<string | null> {
 *   const answer = await checkRequirements(servers, {
 *     models: ['hf:acme/tiny-flux/unet.safetensors', { model: 'civitai:@456', versions: '>=0.3.40' }],
 *   });
 *   return pickServer(answer).picked?.server.id ?? null;
 * }
 * ```
 */
export async function checkRequirements(
  servers: Servers,
  { models, labels, signal }: CheckRequirementsOptions,
): Promise<RequirementsAnswer> {
  const required = models.map(checkRequired);
  const availability = await servers.availability(
    required.map(({ model }) => parseRequirement(model)),
    { signal },
  );
  const answer = judgeAvailability(required, availability);
  if (labels === undefined) return answer;
  return { ...answer, servers: answer.servers.filter(({ server }) => hasLabels(server, labels)) };
}

function checkRequired(requirement: ModelRequirement): RequiredModel {
  if (typeof requirement === 'string') return { model: requirement };
  const { versions, memoryBytes } = requirement;
  if (versions !== undefined && validRange(versions) === null) refuse('versions', versions, 'use a range of semver');
  if (memoryBytes !== undefined) checkCount('memoryBytes', memoryBytes);
  return requirement;
}
