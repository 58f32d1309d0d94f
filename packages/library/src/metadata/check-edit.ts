import { ModelkeepError, modelTypes, type ModelFacts, type ModelType } from '@modelkeep/core';
import { factNames } from './fact-names.ts';

/** The facts that a person can state: those that this version knows. */
export type EditableFact = (typeof factNames)[number];

/**
 * What a person says of a model. Null takes a statement back: the sources count again. `''`, `[]` and the type `unknown`
 * state that there is none. What is not named stays.
 */
export interface ModelEdit extends Omit<Pick<ModelFacts, EditableFact>, 'type'> {
  readonly type?: ModelType | null | undefined;
}

const LONGEST_TEXT = 1_000;
const LONGEST_DESCRIPTION = 100_000;
const LONGEST_TAG = 200;
const MOST_TAGS = 1_000;
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u;

/** @internal The statements of an edit, each one checked. @throws `library.invalid-edit` */
export function checkedEdit(edit: ModelEdit): ReadonlyMap<EditableFact, unknown> {
  const statements = new Map<EditableFact, unknown>();
  for (const [field, value] of Object.entries(edit as Readonly<Record<string, unknown>>)) {
    const name = factNames.find((one) => one === field);
    if (name === undefined) throw invalid(field, `there is no such field; there are ${factNames.join(', ')}`);
    if (value === undefined) continue;
    const problem = value === null ? null : problemOf(name, value);
    if (problem !== null) throw invalid(field, problem);
    statements.set(name, Array.isArray(value) ? [...new Set(value)] : value);
  }
  return statements;
}

function problemOf(name: EditableFact, value: unknown): string | null {
  if (name === 'type') {
    return modelTypes.some((type) => type === value) ? null : `it is one of ${modelTypes.join(', ')}`;
  }
  if (name === 'parameterCount') {
    return Number.isSafeInteger(value) && Number(value) >= 0 ? null : 'it is a whole number from 0';
  }
  if (name === 'tags' || name === 'triggerWords') return problemOfList(value);
  return problemOfText(value, name === 'description' ? LONGEST_DESCRIPTION : LONGEST_TEXT);
}

function problemOfList(value: unknown): string | null {
  if (!Array.isArray(value)) return 'it is a list of texts';
  if (value.length > MOST_TAGS) return `it has at most ${MOST_TAGS} entries`;
  for (const item of value as readonly unknown[]) {
    if (item === '') return 'none of its entries is empty';
    const problem = problemOfText(item, LONGEST_TAG);
    if (problem !== null) return `each entry: ${problem}`;
  }
  return null;
}

function problemOfText(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return 'it is a text';
  if (value.length > longest) return `it has at most ${longest} characters`;
  if (!value.isWellFormed() || CONTROL.test(value)) return 'it has no control characters and no halves of characters';
  return null;
}

function invalid(field: string, reason: string): ModelkeepError {
  return new ModelkeepError('library.invalid-edit', {
    message: `${JSON.stringify(field)} cannot be set so: ${reason}`,
    facts: { field, reason },
    hint: 'nothing was changed',
  });
}
