import type { Rule } from '../rule.ts';

const attention = (part: string): string => `model.layers.0.self_attn.${part}`;
const mlp = { has: 'model.layers.0.mlp.gate_proj.weight' } as const;

/** Language models in the names of transformers. Most families share Llama's names; only what differs is named. */
export const languageRules: readonly Rule[] = [
  {
    id: 'gemma3',
    when: [{ has: attention('q_norm.weight') }, { has: 'model.layers.0.pre_feedforward_layernorm.weight' }, mlp],
    facts: { type: 'llm', family: 'gemma3' },
    confidence: 0.85,
  },
  {
    id: 'gemma2',
    when: [
      { has: 'model.layers.0.pre_feedforward_layernorm.weight' },
      { has: 'model.layers.0.post_feedforward_layernorm.weight' },
      { lacks: attention('q_norm.weight') },
      mlp,
    ],
    facts: { type: 'llm', family: 'gemma2' },
    confidence: 0.85,
  },
  {
    id: 'qwen3',
    when: [
      { tensor: attention('q_norm.weight'), axis: 0, is: 128 },
      { has: 'model.layers.0.input_layernorm.weight' },
      { lacks: [attention('q_proj.bias'), 'model.layers.0.post_feedforward_layernorm.weight'] },
      mlp,
    ],
    facts: { type: 'llm', family: 'qwen3' },
    confidence: 0.85,
  },
  {
    id: 'language-model',
    when: [
      {
        has: [
          attention('q_proj.weight'),
          attention('qkv_proj.weight'),
          attention('q_a_proj.weight'),
          'language_model.model.layers.0.self_attn.q_proj.weight',
          'model.language_model.layers.0.self_attn.q_proj.weight',
        ],
      },
    ],
    facts: { type: 'llm', family: null },
    note: 'the names that most language models share: the family is in the config, not in the tensors',
    confidence: 0.7,
  },
  {
    id: 'gpt2',
    when: [{ has: ['transformer.h.0.attn.c_attn.weight', 'h.0.attn.c_attn.weight'] }],
    facts: { type: 'llm', family: 'gpt2' },
  },
];
