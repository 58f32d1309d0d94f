import type { Refinement, Rule } from '../rule.ts';

const layer = '(?:model\\.|language_model\\.|transformer\\.)*layers\\.#\\.';
const has = (part: string): { readonly matches: RegExp } => ({ matches: new RegExp(`^${layer}${part}`) });
const lacks = (part: string): { readonly lacksMatch: RegExp } => ({ lacksMatch: new RegExp(`^${layer}${part}`) });
const attention = has('self_attn\\.(?:[qk]_proj|qkv_proj|q_a_proj)\\.');
const embedded = /^(?:model\.|language_model\.)*embed_tokens\.weight$/;

/** Files for diffusion models carry their tokenizer, or the marks of their quantisation. */
const encoderMarks = (): readonly Refinement[] => [
  {
    when: [{ has: ['spiece_model', 'tekken_model', 'scaled_fp8'] }],
    facts: { type: 'text-encoder' },
    note: 'with the tokenizer or the marks of a text encoder of a diffusion model',
  },
  {
    when: [{ matches: /\.(?:comfy_quant|scale_input)$/ }],
    facts: { type: 'text-encoder' },
    note: 'with the marks of a text encoder of a diffusion model',
  },
  {
    when: [
      { tensor: embedded, axis: 1, is: [3584, 4096, 5120] },
      { matches: /^(?:model\.|language_model\.)*norm\.weight$/ },
      { lacksMatch: /(?:^|\.)lm_head\./ },
      lacks('pre_feedforward_layernorm'),
      has('post_attention_layernorm'),
    ],
    facts: { type: 'text-encoder' },
    note: 'whole but for its output layer, as text encoders of diffusion models are',
  },
  tied,
];
/** Where the output layer is the table of tokens, nothing tells a text encoder from the language model that it is. */
const tied: Refinement = {
  when: [{ lacksMatch: /(?:^|\.)lm_head\./ }, { matches: embedded }],
  facts: {},
  note: 'text encoders of diffusion models are published with the same tensors',
  confidence: 0.7,
};
const sees: readonly Refinement[] = [
  {
    when: [
      {
        below: [
          'visual.',
          'model.visual.',
          'vision_tower.',
          'model.vision_tower.',
          'vision_model.',
          'multi_modal_projector.',
        ],
      },
    ],
    facts: {},
    note: 'with an encoder of images',
  },
];

function language(id: string, family: string | null, when: Rule['when'], more: Partial<Rule> = {}): Rule {
  return {
    confidence: 0.85,
    refine: [encoderMarks(), sees],
    ...more,
    id,
    when,
    facts: { type: 'llm', family, layout: 'transformers', ...more.facts },
  };
}

/** Later members of these families add to the same tensors: a part of one may look like another. */
const widths = (family: string, sizes: readonly (readonly [variant: string, width: number])[]): Partial<Rule> => ({
  confidence: 0.7,
  refine: [
    encoderMarks(),
    sees,
    sizes.map(([variant, width]) => ({
      when: [{ tensor: embedded, axis: 1, is: width }],
      facts: { variant: `${family}-${variant}` },
    })),
  ],
});

/** Language models in the names of transformers. Most families share Llama's names; only what differs is named. */
export const languageRules: readonly Rule[] = [
  language('gpt-oss', 'gpt-oss', [attention, has('self_attn\\.sinks$')]),
  language('gemma3n', 'gemma3n', [attention, has('altup\\.')]),
  language(
    'gemma3',
    'gemma3',
    [attention, has('self_attn\\.q_norm\\.weight$'), has('pre_feedforward_layernorm\\.')],
    widths('gemma3', [
      ['1b', 1152],
      ['4b', 2560],
      ['12b', 3840],
      ['27b', 5376],
    ]),
  ),
  language(
    'gemma2',
    'gemma2',
    [attention, has('pre_feedforward_layernorm\\.'), has('post_feedforward_layernorm\\.'), lacks('self_attn\\.q_norm')],
    widths('gemma2', [
      ['2b', 2304],
      ['9b', 3584],
      ['27b', 4608],
    ]),
  ),
  language('qwen3-next', 'qwen3-next', [has('linear_attn\\.'), has('self_attn\\.q_norm\\.')]),
  language(
    'qwen3-vl',
    'qwen3-vl',
    [
      attention,
      has('self_attn\\.q_norm\\.'),
      { below: ['visual.deepstack_merger_list.', 'model.visual.deepstack_merger_list.'] },
    ],
    widths('qwen3-vl', [
      ['2b', 2048],
      ['4b', 2560],
      ['8b', 4096],
    ]),
  ),
  language('qwen3-moe', 'qwen3-moe', [
    attention,
    has('self_attn\\.q_norm\\.'),
    has('mlp\\.experts\\.'),
    lacks('mlp\\.shared'),
  ]),
  language(
    'qwen3',
    'qwen3',
    [
      attention,
      { matches: new RegExp(`^${layer}self_attn\\.q_norm\\.weight$`) },
      { tensor: new RegExp(`^${layer}self_attn\\.q_norm\\.weight$`), axis: 0, is: 128 },
      has('input_layernorm\\.'),
      has('mlp\\.gate_proj\\.'),
      lacks('self_attn\\.q_proj\\.bias'),
      lacks('post_feedforward_layernorm'),
    ],
    widths('qwen3', [
      ['0.6b', 1024],
      ['1.7b', 2048],
      ['4b', 2560],
      ['8b', 4096],
      ['14b', 5120],
    ]),
  ),
  language(
    'qwen2-vl',
    'qwen2-vl',
    [attention, has('self_attn\\.q_proj\\.bias'), { below: ['visual.blocks.#.', 'model.visual.blocks.#.'] }],
    widths('qwen2-vl', [
      ['3b', 2048],
      ['7b', 3584],
    ]),
  ),
  language(
    'qwen2',
    'qwen2',
    [attention, has('self_attn\\.q_proj\\.bias'), has('mlp\\.gate_proj\\.'), lacks('self_attn\\.o_proj\\.bias')],
    widths('qwen2', [
      ['0.5b', 896],
      ['1.5b', 1536],
      ['3b', 2048],
      ['7b', 3584],
    ]),
  ),
  language('phi3', 'phi3', [has('self_attn\\.qkv_proj\\.'), has('mlp\\.gate_up_proj\\.')]),
  language('phi2', 'phi2', [attention, has('self_attn\\.dense\\.'), has('mlp\\.fc1\\.')]),
  language('mixtral', 'mixtral', [attention, has('block_sparse_moe\\.experts\\.')]),
  language('deepseek', 'deepseek', [has('self_attn\\.kv_a_proj_with_mqa\\.')]),
  language('glm4', 'glm4', [attention, has('post_self_attn_layernorm\\.')]),
  language('internlm2', 'internlm2', [has('attention\\.wqkv\\.'), has('feed_forward\\.w1\\.')]),
  language('baichuan', 'baichuan', [has('self_attn\\.W_pack\\.')]),
  language('language-model', null, [attention], {
    note: 'the names that most language models share: the family is in the config, not in the tensors',
    confidence: 0.7,
  }),
  language('llama-original', null, [has('attention\\.wq\\.'), { has: 'tok_embeddings.weight' }], {
    note: 'Llama and Mistral are published in these names',
    confidence: 0.7,
  }),
  language('chatglm', 'chatglm', [{ matches: /^transformer\.encoder\.layers\.#\.self_attention\.query_key_value\./ }]),
  language('gpt2', 'gpt2', [{ matches: /^(?:transformer\.)?h\.#\.attn\.c_attn\./ }], { confidence: 0.95 }),
  language('gptj', 'gptj', [{ matches: /^transformer\.h\.#\.attn\.q_proj\./ }]),
  language('falcon', 'falcon', [
    { matches: /^transformer\.h\.#\.self_attention\.query_key_value\./ },
    { lacksMatch: /word_embeddings_layernorm/ },
  ]),
  language('bloom', 'bloom', [
    { matches: /^(?:transformer\.)?h\.#\.self_attention\.query_key_value\./ },
    { matches: /word_embeddings_layernorm/ },
  ]),
  language('gptneox', 'gptneox', [{ below: 'gpt_neox.layers.#.attention.' }]),
  language('opt', 'opt', [
    { matches: /^(?:model\.)?decoder\.layers\.#\.self_attn\.k_proj\./ },
    { matches: /decoder\.embed_positions\.weight$/ },
    { lacksMatch: /^(?:model\.)?encoder\./ },
  ]),
  language('mpt', 'mpt', [{ below: 'transformer.blocks.#.attn.Wqkv.' }]),
  language('mamba', 'mamba', [{ matches: /^(?:backbone|model)\.layers\.#\.mixer\.A_log$/ }]),
  language('rwkv', 'rwkv', [{ matches: /^(?:rwkv\.)?blocks\.#\.att(?:ention)?\.time_/ }]),
];
