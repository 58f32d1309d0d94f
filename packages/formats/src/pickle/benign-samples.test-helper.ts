import { oldTorch } from './containers.test-helper.ts';
import { bytesOf, op } from './pickle-builder.test-helper.ts';
import { call, global, pickled, tensor, tuple, type Saved } from './python-pickle.test-helper.ts';
import { craftZip, torchZip } from './zip-builder.test-helper.ts';

/** A genuine kind of checkpoint. */
export interface BenignSample {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether classes of a trainer are in it: those are suspicious, and no more. */
  readonly hasClasses: boolean;
  readonly tensors: number;
}

const weights: Readonly<Record<string, Saved>> = {
  'model.0.weight': tensor([4, 3, 3, 3]),
  'model.0.bias': tensor([4]),
  'model.2.weight': tensor([3, 4, 3, 3], 'Half'),
};
const ordered = new Map<Saved, Saved>(Object.entries(weights));
const numpyScalar = call(
  'numpy.core.multiarray',
  'scalar',
  {
    is: 'call',
    of: global('numpy', 'dtype'),
    args: ['f8', false, true],
    state: tuple(3, '<', null, null, null, -1, -1, 0),
  },
  call('_codecs', 'encode', '\u0000\u0000\u0000@', 'latin1'),
);
/** As numpy writes its own types: bytes of texts have to be zeroed, dates have a unit. */
const numpyTypes: Saved = (
  [
    ['U5', '<', 20, 4, 8],
    ['S5', '|', 5, 1, 0],
    ['O8', '|', -1, -1, 63],
    ['b1', '|', -1, -1, 0],
  ] as const
).map(([type, order, size, alignment, flags]) => ({
  is: 'call',
  of: global('numpy', 'dtype'),
  args: [type, false, true],
  state: tuple(3, order, null, null, null, size, alignment, flags),
}));
const numpyArray: Saved = {
  is: 'call',
  of: global('numpy.core.multiarray', '_reconstruct'),
  args: [global('numpy', 'ndarray'), tuple(0), call('_codecs', 'encode', 'b', 'latin1')],
  state: tuple(
    1,
    tuple(2),
    {
      is: 'call',
      of: global('numpy', 'dtype'),
      args: ['f4', false, true],
      state: tuple(3, '<', null, null, null, -1, -1, 0),
    },
    false,
    call('_codecs', 'encode', '\u0000\u0000\u0000@\u0000\u0000\u0000@', 'latin1'),
  ),
};
const optimizer: Saved = {
  state: new Map<Saved, Saved>([[0, { step: tensor([1]), exp_avg: tensor([4]), exp_avg_sq: tensor([4]) }]]),
  param_groups: [{ lr: 0.0001, betas: tuple(0.9, 0.999), eps: 1e-8, weight_decay: 0, amsgrad: false, params: [0] }],
};
const parameters = (name: string): Saved => ({
  is: 'call',
  of: global('torch.nn.modules.container', 'ParameterDict'),
  isNew: true,
  state: {
    training: true,
    _parameters: new Map<Saved, Saved>([[name, { ...tensor([2, 768]), parameter: true }]]),
    _buffers: new Map(),
    _modules: new Map(),
  },
});

const saved: readonly (readonly [name: string, value: Saved, tensors: number, hasClasses?: boolean])[] = [
  ['a state dict', weights, 3],
  ['an ordered state dict', ordered, 3],
  [
    'a state dict with its metadata',
    {
      is: 'call',
      of: global('collections', 'OrderedDict'),
      state: { _metadata: new Map<Saved, Saved>([['', { version: 1 }]]) },
    },
    0,
  ],
  ['params_ema', { params_ema: ordered, params: weights }, 3],
  ['a checkpoint', { state_dict: ordered, global_step: 470_000, epoch: 7 }, 3],
  [
    'a checkpoint of Lightning',
    {
      epoch: 1,
      global_step: 22_000,
      'pytorch-lightning_version': '1.4.2',
      state_dict: ordered,
      callbacks: {},
      optimizer_states: [optimizer],
      lr_schedulers: [],
    },
    3,
  ],
  [
    'callbacks of Lightning',
    {
      state_dict: ordered,
      callbacks: new Map<Saved, Saved>([
        [
          global('pytorch_lightning.callbacks.model_checkpoint', 'ModelCheckpoint'),
          { best_model_score: tensor([1]), best_model_path: 'a' },
        ],
      ]),
    },
    3,
    true,
  ],
  ['a counter of numpy', { state_dict: ordered, best: numpyScalar, losses: [numpyScalar, numpyScalar] }, 3],
  ['types of numpy', { state_dict: ordered, types: numpyTypes }, 3],
  ['an array of numpy', { state_dict: ordered, history: numpyArray }, 3],
  [
    'arguments',
    {
      model: ordered,
      args: { is: 'call', of: global('argparse', 'Namespace'), isNew: true, state: { lr: 0.1, name: 'x' } },
    },
    3,
  ],
  ['a path', { model: ordered, path: call('pathlib', 'PosixPath', '/', 'home', 'x') }, 3],
  [
    'a date',
    { model: ordered, saved: call('datetime', 'datetime', call('_codecs', 'encode', '\u0007å\u0001\u0001', 'latin1')) },
    3,
  ],
  [
    'an embedding',
    {
      string_to_token: { '*': 265 },
      string_to_param: parameters('*'),
      name: 'easynegative',
      step: 5_000,
      sd_checkpoint: null,
      sd_checkpoint_name: null,
    },
    1,
  ],
  [
    'an embedding without its class',
    { string_to_token: { '*': 265 }, string_to_param: { '*': tensor([2, 768]) }, name: 'x' },
    1,
  ],
  ['an embedding of diffusers', { '<cat-toy>': tensor([768]) }, 1],
  [
    'a hypernetwork',
    new Map<Saved, Saved>([
      [768, [{ 'linear.0.weight': tensor([2, 2]) }, { 'linear.0.weight': tensor([2, 2]) }]],
      ['step', 100],
      ['name', 'x'],
      ['layer_structure', [1, 2, 1]],
    ]),
    2,
  ],
  [
    'a training state',
    { model: ordered, optimizer, scheduler: { last_epoch: 3, _step_count: 4 }, scaler: {}, rng: tensor([8], 'Long') },
    3,
  ],
  [
    'a default dictionary',
    {
      model: ordered,
      counts: { is: 'call', of: global('collections', 'defaultdict'), args: [global('__builtin__', 'int')] },
    },
    3,
  ],
  [
    'a set and a device',
    {
      model: ordered,
      seen: call('__builtin__', 'set', [1, 2]),
      device: call('torch', 'device', 'cuda', 0),
      dtype: global('torch', 'float16'),
      size: call('torch', 'Size', tuple(1, 2)),
    },
    3,
  ],
  [
    'a model saved whole',
    {
      model: {
        is: 'call',
        of: global('models.yolo', 'Model'),
        isNew: true,
        state: { _parameters: new Map<Saved, Saved>([['weight', tensor([2])]]), _modules: new Map(), training: false },
      },
      ema: null,
    },
    1,
    true,
  ],
  ['a bfloat16 state dict', { a: tensor([2, 2], 'BFloat16'), n: tensor([1], 'Long') }, 2],
  ['parameters', { a: { ...tensor([2, 2]), parameter: true } }, 1],
  [
    'a large state dict',
    Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`layers.${index}.weight`, tensor([1])])),
    1_200,
  ],
];

/** @internal Each kind of checkpoint in each container and protocol that torch has written it in. */
export function benignSamples(): readonly BenignSample[] {
  return saved.flatMap(([name, value, tensors, hasClasses = false]) => {
    const zips = ([2, 3, 4, 5] as const).map((protocol) => {
      const { bytes, storages } = pickled(value, { protocol });
      const numbers = storages.map(({ key, sizeBytes }) => ({
        path: `archive/data/${key}`,
        bytes: new Uint8Array(sizeBytes),
        described: protocol === 2,
      }));
      return { name: `${name}, zip, protocol ${protocol}`, bytes: torchZip(bytes, numbers), hasClasses, tensors };
    });
    const { bytes, storages } = pickled(value, { isOld: true });
    const keys = storages.map(({ key }) => key);
    const numbers = bytesOf(
      ...storages.map(({ count, sizeBytes }) => bytesOf(op.little(count, 8), new Uint8Array(sizeBytes))),
    );
    return [
      ...zips,
      { name: `${name}, old format`, bytes: oldTorch({ saved: bytes, keys, numbers }), hasClasses, tensors },
    ];
  });
}

/** @internal What `torch.jit.save` writes: the source of the program, and maps from it to the lines of the original. */
export function scriptSample(): Uint8Array {
  const { bytes, storages } = pickled(weights);
  const source = (text: string): Uint8Array => bytesOf(text);
  return torchZip(bytes, [
    ...storages.map(({ key, sizeBytes }) => ({ path: `archive/data/${key}`, bytes: new Uint8Array(sizeBytes) })),
    {
      path: 'archive/code/__torch__/model.py',
      bytes: source(
        'class Model(Module):\n  __parameters__ = ["weight", ]\n  def forward(self):\n    return self.weight\n',
      ),
    },
    {
      path: 'archive/code/__torch__/torch/nn/functional.py',
      bytes: source('import __torch__.model\ndef relu(input: Tensor) -> Tensor:\n  return torch.relu(input)\n'),
    },
    { path: 'archive/code/__torch__/model.py.debug_pkl', bytes: pickled([[0, 'model.py', 1]]).bytes },
    { path: 'archive/constants.pkl', bytes: pickled([]).bytes },
  ]);
}

/** @internal Archives that other tools pack: deflated pickles, folders as members, other names. */
export function repackedSamples(): readonly Uint8Array[] {
  const { bytes, storages } = pickled(weights);
  const members = (folder: string, deflate: boolean) => [
    { path: `${folder}data.pkl`, bytes, deflate },
    ...storages.map(({ key, sizeBytes }) => ({
      path: `${folder}data/${key}`,
      bytes: new Uint8Array(sizeBytes),
      deflate,
    })),
    { path: `${folder}version`, bytes: bytesOf('3\n'), deflate },
  ];
  return [
    craftZip(members('archive/', true)),
    craftZip(members('', false)),
    craftZip([{ path: 'x/', bytes: new Uint8Array(0) }, ...members('x/', false)]),
  ];
}
