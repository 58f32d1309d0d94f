import { prove } from './prove.ts';
import type { Conclusion, Refinement, Rule } from './rule.ts';
import type { TensorView } from './view/tensor-view.ts';

/** What a rule found. */
export interface Finding {
  readonly rule: string;
  readonly facts: Conclusion;
  readonly confidence: number;
  readonly evidence: readonly string[];
}

const DEFAULT_CONFIDENCE = 0.95;

/** Tries rules in their order. */
export function firstFinding(rules: readonly Rule[], view: TensorView): Finding | null {
  for (const rule of rules) {
    const finding = evaluate(rule, view);
    if (finding !== null) return finding;
  }
  return null;
}

function evaluate(rule: Rule, view: TensorView): Finding | null {
  const evidence: string[] = [];
  for (const condition of rule.when) {
    const proof = prove(condition, view);
    if (proof === null) return null;
    evidence.push(proof);
  }
  let facts = rule.facts;
  let confidence = rule.confidence ?? DEFAULT_CONFIDENCE;
  for (const group of rule.refine ?? []) {
    const details = refineBy(group, view);
    facts = { ...facts, ...details.facts };
    evidence.push(...details.evidence);
    confidence = Math.min(confidence, details.confidence);
  }
  if (rule.note !== undefined) evidence.push(rule.note);
  return {
    rule: rule.id,
    facts,
    confidence,
    evidence: [...new Set(evidence)].filter((text) => text !== ''),
  };
}

interface Detail extends Pick<Finding, 'confidence' | 'evidence'> {
  readonly facts: Refinement['facts'];
}

/** @internal What the first refinement that holds adds. */
export function refineBy(group: readonly Refinement[], view: TensorView): Detail {
  for (const { when, facts, note, confidence = 1 } of group) {
    const proofs = when.map((condition) => prove(condition, view));
    if (proofs.includes(null)) continue;
    const said = note === undefined ? [] : [note];
    return { facts, confidence, evidence: [...proofs.filter((proof) => proof !== null), ...said] };
  }
  return { facts: {}, evidence: [], confidence: 1 };
}
