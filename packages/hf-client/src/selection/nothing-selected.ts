import { ModelkeepError } from '@modelkeep/core';
import { listOf } from './choose/wishes.ts';
import type { FileSelection, SelectableFile, WeightsVariant } from './file-selection.ts';

/** What {@link nothingSelected} tells. */
export interface NothingSelected {
  readonly repo: string | undefined;
  readonly selection: FileSelection;
  readonly files: readonly SelectableFile[];
  readonly variants: readonly WeightsVariant[];
  /** The components of the weights. */
  readonly components: readonly string[];
}

const MAX_OFFERED = 100;

/** The error of a selection that takes nothing: what was wished for, and what there is. */
export function nothingSelected(details: NothingSelected): ModelkeepError<'hub.nothing-selected'> {
  const { repo, selection, files, variants, components } = details;
  const { path, include = [], exclude = [], format, quantisation, precision, component, variant } = selection;
  const where = repo === undefined ? '' : ` of ${repo}`;
  const wishes = { path, format, quantisation, precision, component, variant };
  const wanted = Object.fromEntries(
    Object.entries(wishes).flatMap(([name, wish]) =>
      wish === undefined || wish === null ? [] : [[name, [wish].flat()]],
    ),
  );
  const offered = [...new Set(variants.map(({ label }) => label))].slice(0, MAX_OFFERED);
  return new ModelkeepError('hub.nothing-selected', {
    message: `the selection matches none of the ${files.length} files${where}`,
    facts: { repo, include, exclude, wanted, offered, components: components.slice(0, MAX_OFFERED) },
    hint: hintOf({ ...details, offered }),
  });
}

function hintOf({
  files,
  selection,
  offered,
  components,
}: NothingSelected & { readonly offered: readonly string[] }): string {
  const wished = listOf(selection.component).map((component) => component.toLowerCase());
  if (wished.length > 0 && components.length > 0 && !components.some((component) => wished.includes(component))) {
    return `its components are ${components.slice(0, MAX_OFFERED).join(', ')}`;
  }
  if (offered.length > 0) return `its weights are offered as ${offered.join(', ')}`;
  const examples = files.slice(0, 5).map(({ path }) => JSON.stringify(path.slice(0, 100)));
  return `the repo has for example: ${examples.join(', ')}`;
}
