import { ModelkeepError } from '@modelkeep/core';
import type { ConfigFormat } from '../profiles/mapping-way.ts';

/** @internal What counts of a plan's config files: what is written follows from the links, not from the plan. */
export interface ConfigPart {
  readonly app: string;
  readonly appRoot: string;
  readonly viewRoot: string;
  readonly format: ConfigFormat;
  readonly files: readonly { readonly path: string; readonly beforeSha256: string | null }[];
}

/** @internal @returns null for a plan without config files @throws `mapper.invalid-plan` */
export async function parseConfigPart(plan: unknown): Promise<ConfigPart | null> {
  if (typeof plan !== 'object' || plan === null || !('config' in plan) || plan.config === null) return null;
  const { configPartSchema } = await import('./config-part-schema.ts');
  const result = configPartSchema.safeParse(plan);
  if (!result.success) {
    const [issue] = result.error.issues;
    const pointer = `/${(issue?.path ?? []).map(String).join('/')}`;
    const problem = issue?.message ?? 'is not a plan';
    throw new ModelkeepError('mapper.invalid-plan', {
      message: `the plan is not valid at ${pointer}: ${problem}`,
      facts: { pointer, problem },
      hint: 'make a new plan with planLinks, and change only its actions and names',
    });
  }
  const { app, appRoot: viewRoot, way, config } = result.data;
  return { app, viewRoot, appRoot: config.appRoot, format: way.format, files: config.files };
}
