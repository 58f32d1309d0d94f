import { describe, expect, it } from 'vitest';
import { extensionOf, fileRole, isTrainingState } from './file-role.ts';

describe('the role of a file', () => {
  it.each([
    ['model.safetensors', 'weights'],
    ['a/b.GGUF', 'weights'],
    ['optimizer.pt', 'other'],
    ['training_args.bin', 'other'],
    ['checkpoint-500/random_states_0.pkl', 'other'],
    ['global_step9/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt', 'other'],
    ['imatrix_unsloth.gguf', 'other'],
    ['Qwen3-8B.imatrix.gguf', 'other'],
    ['Qwen3-8B-imatrix-Q4_K_M.gguf', 'weights'],
    ['tokenizer.json', 'tokenizer'],
    ['tokenizer_config.json', 'tokenizer'],
    ['model.safetensors.index.json', 'index'],
    ['text_encoder/model.safetensors.index.fp16.json', 'index'],
    ['model_index.json', 'config'],
    ['config.json', 'config'],
    ['README.md', 'readme'],
    ['LICENSE', 'licence'],
    ['LICENSE-MODEL.txt', 'licence'],
    ['a.preview.jpeg', 'preview'],
    ['.gitattributes', 'other'],
    ['notes', 'other'],
  ])('of %s is %s', (path, role) => {
    expect(fileRole(path)).toBe(role);
  });

  it('is told for a hostile name before the test times out', () => {
    expect(fileRole(`${'zero_pp_rank_1_mp_rank_1_'.repeat(20_000)}.pt`)).toBe('weights');
  });
});

it('the extension is in lower case and without a dot', () => {
  expect(['a/b.GGUF', 'a.b/c', '.hidden', 'x.'].map(extensionOf)).toEqual(['gguf', '', '', '']);
});

it('a training state is told from weights', () => {
  expect(['a/optimizer.pt', 'a/scaler.pt', 'unet/scheduler.json', 'model.pt'].map(isTrainingState)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
