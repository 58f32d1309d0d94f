import type { ModuleGroup } from './adapter-modules.ts';
import { matchArchitectures } from '../architectures/match-architectures.ts';
import { firstFinding, refineBy, type Finding } from '../evaluate.ts';
import type { Layout } from '../rule.ts';
import { loraDetails } from '../rules/lora-rules.ts';
import { ruleTable } from '../rules/rule-table.ts';
import type { TensorView } from '../view/tensor-view.ts';
import { adapterKind } from './adapter-kind.ts';
import { adapterLayout } from './adapter-layout.ts';
import { adapterModules, type AdapterModules } from './adapter-modules.ts';

/** What an adapter's tensors say. */
export interface AdapterFinding extends Finding {
  readonly layout: Layout | null;
  readonly adapterKind: string | null;
}

/** @internal Null where there are no adapter tensors. */
export function adapterFinding(view: TensorView): AdapterFinding | null {
  const modules = adapterModules(view);
  if (modules === null) return null;
  const found =
    firstFinding(ruleTable.adapters, modules.view) ??
    byLayers(modules) ??
    firstFinding(ruleTable.lateAdapters, modules.view);
  if (found === null) return null;
  const kind = adapterKind(view);
  const layout = adapterLayout(view);
  const { facts, evidence } = refineBy(loraDetails[found.facts.family ?? ''] ?? [], modules.view);
  const first = `adapter tensors, kinds of modules: ${modules.groups.size}${kind === null ? '' : `, ${kind}`}`;
  return {
    ...found,
    facts: { ...found.facts, ...facts, variant: facts.variant ?? found.facts.variant ?? kind, layout },
    evidence: [first, ...found.evidence, ...evidence, ...(layout === null ? [] : [`names as in ${layout}`])],
    layout,
    adapterKind: kind,
  };
}

const TEXT_ENCODER = /^te[123]?_/;

function byLayers({ groups, isFactored }: AdapterModules): Finding | null {
  const layers = new Map<string, ModuleGroup>([...groups].filter(([name]) => !TEXT_ENCODER.test(name)));
  const found = matchArchitectures(layers, { isFactored, kinDecides: true });
  if (found === null) return null;
  const { family, variant, baseModel, confidence, evidence } = found;
  return { rule: 'lora-layers', facts: { type: 'lora', family, variant, baseModel }, confidence, evidence };
}
