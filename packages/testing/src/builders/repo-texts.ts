/** A text as bytes. */
export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A value as a JSON file, indented by two, as the Hub's own tools write it. */
export function jsonBytes(value: unknown): Uint8Array {
  return textBytes(`${JSON.stringify(value, null, 2)}\n`);
}

/** What {@link buildReadme} builds. */
export interface ReadmeDefinition {
  readonly title: string;
  readonly licence: string;
  readonly text: string;
  readonly pipelineTag?: string;
  readonly libraryName?: string;
  readonly tags?: readonly string[];
  readonly baseModel?: string;
}

/** A model card: YAML front matter and a few lines of Markdown. */
export function buildReadme({
  title,
  licence,
  text,
  pipelineTag,
  libraryName,
  tags = [],
  baseModel,
}: ReadmeDefinition): Uint8Array {
  const lines = [
    '---',
    `license: ${licence}`,
    ...(pipelineTag === undefined ? [] : [`pipeline_tag: ${pipelineTag}`]),
    ...(libraryName === undefined ? [] : [`library_name: ${libraryName}`]),
    ...(baseModel === undefined ? [] : [`base_model: ${baseModel}`]),
    ...(tags.length === 0 ? [] : ['tags:', ...tags.map((tag) => `  - ${tag}`)]),
    '---',
    '',
    `# ${title}`,
    '',
    text,
    '',
  ];
  return textBytes(lines.join('\n'));
}

/** Token strings: three special ones, then made-up words, all different. */
export function vocabularyOf(size: number): readonly string[] {
  return Array.from({ length: size }, (_, index) => ['<unk>', '<s>', '</s>'][index] ?? `▁${index.toString(36)}`);
}

/** A `tokenizer.json` of the fast tokenizers. */
export function buildTokenizer(vocabularySize: number): Uint8Array {
  const tokens = vocabularyOf(vocabularySize);
  return jsonBytes({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens
      .slice(0, 3)
      .map((content, id) => ({ id, content, special: true, lstrip: false, rstrip: false })),
    normalizer: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [],
    },
  });
}

/** A `tokenizer_config.json`. */
export function buildTokenizerConfig(): Uint8Array {
  return jsonBytes({
    bos_token: '<s>',
    eos_token: '</s>',
    unk_token: '<unk>',
    model_max_length: 2048,
    tokenizer_class: 'LlamaTokenizer',
    clean_up_tokenization_spaces: false,
  });
}
