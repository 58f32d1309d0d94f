import { ModelkeepError } from '@modelkeep/core';
import type { EditableFact, ModelEdit } from 'modelkeep';

const lists: readonly string[] = ['tags', 'triggerWords'];

/**
 * What `--set name=value` and `--clear name` mean together. Lists are given with commas; `tags=` states that there are
 * none, `--clear tags` goes back to what the sources say.
 *
 * @throws `core.invalid-argument`
 */
export function readEdit(set: readonly string[], clear: readonly string[]): ModelEdit {
  const edit: Partial<Record<string, unknown>> = {};
  const state = (name: string, value: unknown): void => {
    if (Object.hasOwn(edit, name)) throw invalid(name, 'it is named twice');
    Object.defineProperty(edit, name, { value, enumerable: true });
  };
  for (const word of set) {
    const at = word.indexOf('=');
    if (at < 1) throw invalid(word, 'a name and a value are expected, such as type=lora');
    state(word.slice(0, at), valueOf(word.slice(0, at), word.slice(at + 1)));
  }
  for (const name of clear) state(name, null);
  if (Object.keys(edit).length === 0) throw invalid('', 'there is nothing to set and nothing to clear');
  return edit;
}

function valueOf(name: string, text: string): unknown {
  if (lists.includes(name)) {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  if (name === ('parameterCount' satisfies EditableFact)) return text.trim() === '' ? Number.NaN : Number(text);
  return text;
}

function invalid(found: string, reason: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${found === '' ? 'the edit' : JSON.stringify(found)} cannot be used: ${reason}`,
    facts: { argument: 'set', found },
    hint: "say --set type=lora, --set 'tags=a,b' or --clear tags, as often as you like",
  });
}
