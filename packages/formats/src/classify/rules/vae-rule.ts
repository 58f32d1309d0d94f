import type { Rule } from '../rule.ts';

/** @internal */
export function vae(
  id: string,
  family: string | null,
  when: Rule['when'],
  more: Partial<Omit<Rule, 'facts'>> & { readonly facts?: Partial<Rule['facts']> } = {},
): Rule {
  return { ...more, id, when, facts: { type: 'vae', family, ...more.facts } };
}

/** @internal For an autoencoder that several families have. */
export const shared = { confidence: 0.7 } as const;
