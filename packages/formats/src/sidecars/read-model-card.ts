import { parse } from 'yaml';
import { cleanList, cleanText } from '../embedded/clean-text.ts';
import { field, objectOf, textIn, wordsIn } from './json-fields.ts';
import type { Sidecar } from './sidecar.ts';

/** Longer front matter is none of a model card. */
const MAX_CHARS = 32_768;
/** What model cards have; other texts with front matter are of other tools. */
const marks = [
  'license',
  'pipeline_tag',
  'library_name',
  'base_model',
  'tags',
  'datasets',
  'language',
  'instance_prompt',
];

/** @internal The front matter of a read-me of the Hugging Face Hub. */
export function readModelCard(text: string): Sidecar | null {
  const head = /^\uFEFF?---[ \t]*\r?\n/u.exec(text.slice(0, 16));
  if (head === null) return null;
  const rest = text.slice(head[0].length, MAX_CHARS);
  const end = /^(?:---|\.\.\.)[ \t]*\r?$/mu.exec(rest);
  const card = end === null ? null : objectOf(parsed(rest.slice(0, end.index)));
  if (card === null || !marks.some((mark) => Object.hasOwn(card, mark))) return null;
  const licences = [
    textIn(card, 'license') ?? wordsIn(card, 'license')?.join(', ') ?? null,
    textIn(card, 'license_name'),
  ];
  const [licence, ownName] = licences;
  const bases = wordsIn(card, 'base_model') ?? cleanList([textIn(card, 'base_model') ?? '']);
  const prompt = cleanText(textIn(card, 'instance_prompt'), 1_000);
  return {
    kind: 'model-card',
    layer: 'hub',
    facts: {
      licence: licence === 'other' ? (ownName ?? licence) : (licence ?? null),
      tags: wordsIn(card, 'tags'),
      triggerWords: prompt === null ? null : [prompt],
    },
    civitai: null,
    files: [],
    previews: [],
    extra: Object.fromEntries(
      [
        ['pipeline_tag', textIn(card, 'pipeline_tag')] as const,
        ['library_name', textIn(card, 'library_name')] as const,
        ['base_model', bases] as const,
        ['thumbnail', typeof field(card, 'thumbnail') === 'string' ? textIn(card, 'thumbnail') : null] as const,
      ].filter(([, value]) => value !== null),
    ),
  };
}

/** What is nested deeply takes a parser of YAML very long, and is no model card. */
const MAX_DEPTH = 64;

function isDeep(yaml: string): boolean {
  let depth = 0;
  for (const [mark] of yaml.matchAll(/[[\]{}]/gu)) {
    depth += mark === '[' || mark === '{' ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return yaml.split('\n').some((line) => (line.match(/[-?:] /gu) ?? []).length > MAX_DEPTH);
}

function parsed(yaml: string): unknown {
  if (isDeep(yaml)) return null;
  try {
    // Without aliases nothing grows.
    return parse(yaml, { maxAliasCount: 0, uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
  } catch {
    // Whatever is wrong with it: it is no model card that can be read.
    return null;
  }
}
