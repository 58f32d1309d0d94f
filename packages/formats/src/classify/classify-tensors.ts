import { adapterFinding } from './adapters/adapter-finding.ts';
import { adapterTensor } from './adapters/adapter-tensor.ts';
import { firstFinding, type Finding } from './evaluate.ts';
import { partFinding } from './part-finding.ts';
import { unwrapped } from './prefixes.ts';
import type { Layout } from './rule.ts';
import { ruleTable, type RuleGroup } from './rules/rule-table.ts';
import { finderOf, rawView, viewBelow, type TensorFact, type TensorView } from './view/tensor-view.ts';

/** What the tensors of a model say. */
export interface Classification extends Finding {
  /** What stood before the names that the rule knows. */
  readonly prefix: string;
  /** How the names are written, where somebody's way is recognised. */
  readonly layout: Layout | null;
  /** The kind of adapter: `loha`, `lokr`, `dora`, …; null for a plain LoRA and for all that is none. */
  readonly adapterKind: string | null;
}

const unknown: Classification = {
  rule: 'unknown',
  facts: { type: 'unknown', family: null },
  confidence: 0,
  evidence: ['no rule knows these tensors'],
  prefix: '',
  layout: null,
  adapterKind: null,
};

/**
 * Classifies a model by the names and shapes of its tensors. Their order does not matter, and the work grows with their
 * number and with nothing else: rules look at names with their numbers taken out, of which a model has a few hundred.
 */
export function classifyTensors(
  tensors: ReadonlyMap<string, TensorFact>,
  options: { readonly eitherOrder?: boolean } = {},
): Classification {
  const view = rawView(tensors, { eitherOrder: options.eitherOrder ?? false });
  if (view === null) return { ...unknown, evidence: ['more kinds of names than any known model has'] };
  const views = unwrapped(view);
  const beside = findIn(views, ruleTable.besideModels);
  if (beside !== null) return beside;
  const whole = findIn(unwrapped(withoutAdapters(view)), ruleTable.wholeModels);
  if (whole !== null) return withBundle(view, whole);
  const adapter = adapterFinding(view);
  if (adapter !== null) return { ...adapter, prefix: '' };
  return findIn(views, ruleTable.afterAdapters) ?? partOfModel(view, views) ?? unknown;
}

/** A merged checkpoint that kept adapter tensors is a checkpoint, and an adapter has no whole weight of the model. */
function withoutAdapters(view: TensorView): TensorView {
  const ofAdapters = [...view.patterns.keys()].flatMap((pattern) => {
    const module = adapterTensor(pattern)?.module;
    // Alone it belongs to no adapter: activations of audio models have a tensor of this name.
    return module === undefined ? [] : [pattern, `${module}.alpha`];
  });
  const adapters = new Set(ofAdapters);
  const patterns = new Map([...view.patterns].filter(([pattern]) => !adapters.has(pattern)));
  return patterns.size === view.patterns.size ? view : { ...view, patterns, firstBelow: finderOf(patterns) };
}

function findIn(views: readonly TensorView[], groups: readonly RuleGroup[]): Classification | null {
  for (const { prefixes, rules } of groups) {
    for (const view of views) {
      for (const prefix of prefixes) {
        const below = viewBelow(view, prefix);
        const finding = below === null ? null : firstFinding(rules, below);
        if (below !== null && finding !== null) return described(finding, below.prefix);
      }
    }
  }
  return null;
}

function described(finding: Finding, prefix: string): Classification {
  const layout = finding.facts.layout ?? null;
  const evidence = [
    ...(prefix === '' ? [] : [`names below ${prefix}`]),
    ...finding.evidence,
    ...(layout === null ? [] : [`names as in ${layout}`]),
  ];
  return { ...finding, evidence, prefix, layout, adapterKind: null };
}

/** One shard, or what is left of a model: its layers alone may tell the family. */
function partOfModel(view: TensorView, views: readonly TensorView[]): Classification | null {
  for (const one of views) {
    for (const prefix of ['', 'model.diffusion_model.', 'diffusion_model.', 'transformer.']) {
      const below = viewBelow(one, prefix);
      const finding = below === null ? null : partFinding(below);
      if (below !== null && finding !== null) return withBundle(view, described(finding, below.prefix));
    }
  }
  return null;
}

/** A diffusion model together with its text encoders or its VAE is a checkpoint. */
function withBundle(view: TensorView, found: Classification): Classification {
  if (found.facts.type !== 'diffusion-model') return found;
  const names = [...view.patterns.values()].map(({ name }) => name).sort();
  const parts = ruleTable.bundled.flatMap(({ what, prefixes }) => {
    const name = names.find((candidate) => prefixes.some((prefix) => candidate.startsWith(prefix)));
    return name === undefined ? [] : [`holds ${what}: ${name}`];
  });
  if (parts.length === 0) return found;
  return { ...found, facts: { ...found.facts, type: 'checkpoint' }, evidence: [...found.evidence, ...parts] };
}
