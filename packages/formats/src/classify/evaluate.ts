import type { Condition, Conclusion, Rule } from './rule.ts';
import type { TensorView } from './tensor-view.ts';

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
  for (const group of rule.refine ?? []) {
    for (const { when, facts: details, note } of group) {
      const proofs = when.map((condition) => prove(condition, view));
      if (proofs.includes(null)) continue;
      facts = { ...facts, ...details };
      evidence.push(...proofs.filter((proof) => proof !== null));
      if (note !== undefined) evidence.push(note);
      break;
    }
  }
  if (rule.note !== undefined) evidence.push(rule.note);
  return {
    rule: rule.id,
    facts,
    confidence: rule.confidence ?? DEFAULT_CONFIDENCE,
    evidence: [...new Set(evidence)].filter((text) => text !== ''),
  };
}

/** The condition in words where it holds (empty where nothing needs to be said), else null. */
function prove(condition: Condition, view: TensorView): string | null {
  if ('has' in condition) {
    const name = [condition.has].flat().find((candidate) => view.get(candidate) !== undefined);
    return name === undefined ? null : `has ${name}`;
  }
  if ('lacks' in condition) {
    const names = [condition.lacks].flat();
    return names.some((name) => view.get(name) !== undefined) ? null : `has no ${names.join(', ')}`;
  }
  if ('matches' in condition) {
    const name = view.names.find((candidate) => condition.matches.test(candidate));
    return name === undefined ? null : `has ${name}`;
  }
  if ('lacksMatch' in condition) return view.names.some((name) => condition.lacksMatch.test(name)) ? null : '';
  if ('atMostTensors' in condition) return view.names.length <= condition.atMostTensors ? '' : null;
  if ('rank' in condition) {
    return view.get(condition.tensor)?.shape.length === condition.rank
      ? `${condition.tensor} has ${condition.rank} dimensions`
      : null;
  }
  return proveDimension(condition, view);
}

function proveDimension(condition: Extract<Condition, { axis: number }>, view: TensorView): string | null {
  const { tensor, axis } = condition;
  const wanted = [condition.is].flat();
  const fits = (name: string): boolean => {
    const shape = view.get(name)?.shape ?? [];
    const found = shape[axis];
    if (found !== undefined && wanted.includes(found)) return true;
    const other = view.eitherOrder && shape.length === 2 ? shape[1 - axis] : undefined;
    return other !== undefined && wanted.includes(other);
  };
  const name =
    typeof tensor === 'string' ? tensor : view.names.find((candidate) => tensor.test(candidate) && fits(candidate));
  if (name === undefined || !fits(name)) return null;
  return `${name} is [${(view.get(name)?.shape ?? []).join(', ')}]`;
}
