import { firstFinding, type Finding } from './evaluate.ts';
import { loraModules } from './lora-modules.ts';
import type { Rule } from './rule.ts';
import { ruleTable } from './rules/rule-table.ts';
import { rawView, viewBelow, type TensorFact, type TensorView } from './tensor-view.ts';

/** What the tensors of a model say. */
export interface Classification extends Finding {
  /** What stood before the names that the rule knows. */
  readonly prefix: string;
}

const unknown: Classification = {
  rule: 'unknown',
  facts: { type: 'unknown', family: null },
  confidence: 0,
  evidence: ['no rule knows these tensors'],
  prefix: '',
};

/** Classifies a model by the names and shapes of its tensors. */
export function classifyTensors(
  tensors: ReadonlyMap<string, TensorFact>,
  options: { readonly eitherOrder?: boolean } = {},
): Classification {
  const view = rawView(tensors, { eitherOrder: options.eitherOrder ?? false });
  for (const { prefixes, rules } of ruleTable.beforeAdapters) {
    const found = belowEach(view, prefixes, rules);
    if (found !== null) return withBundle(view, found);
  }
  const adapter = adapterFinding(view);
  if (adapter !== null) return adapter;
  for (const { prefixes, rules } of ruleTable.afterAdapters) {
    const found = belowEach(view, prefixes, rules);
    if (found !== null) return found;
  }
  return unknown;
}

function belowEach(view: TensorView, prefixes: readonly string[], rules: readonly Rule[]): Classification | null {
  for (const prefix of prefixes) {
    const below = viewBelow(view, prefix);
    const finding = below === null ? null : firstFinding(rules, below);
    if (finding === null) continue;
    const evidence = prefix === '' ? finding.evidence : [`names below ${prefix}`, ...finding.evidence];
    return { ...finding, evidence, prefix };
  }
  return null;
}

function adapterFinding(view: TensorView): Classification | null {
  const modules = loraModules(view);
  if (modules === null) return null;
  const finding = firstFinding(ruleTable.adapters, modules.view);
  if (finding === null) return null;
  const first = `adapter tensors for ${modules.view.names.length} modules${modules.kind === null ? '' : `, ${modules.kind}`}`;
  return { ...finding, evidence: [first, ...finding.evidence], prefix: '' };
}

/** A diffusion model together with its text encoders or its VAE is a checkpoint. */
function withBundle(view: TensorView, found: Classification): Classification {
  if (found.facts.type !== 'diffusion-model') return found;
  const parts = ruleTable.bundled.flatMap(({ what, prefixes }) => {
    const name = view.names.find((candidate) => prefixes.some((prefix) => candidate.startsWith(prefix)));
    return name === undefined ? [] : [`holds ${what}: ${name}`];
  });
  if (parts.length === 0) return found;
  return { ...found, facts: { ...found.facts, type: 'checkpoint' }, evidence: [...found.evidence, ...parts] };
}
