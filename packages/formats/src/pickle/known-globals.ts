/** Names below a module, as `module name`. */
function below(module: string, names: string): readonly string[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => `${module} ${name}`);
}

const STORAGES = `FloatStorage HalfStorage BFloat16Storage DoubleStorage LongStorage IntStorage ShortStorage CharStorage ByteStorage
  BoolStorage ComplexFloatStorage ComplexDoubleStorage QInt8Storage QUInt8Storage QInt32Storage QUInt4x2Storage
  QUInt2x4Storage Float8_e4m3fnStorage Float8_e5m2Storage UntypedStorage`;
const DTYPES = `float32 float16 bfloat16 float64 int64 int32 int16 int8 uint8 uint16 uint32 uint64 bool complex32 complex64 complex128
  float half double long int short float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz qint8 quint8 qint32`;

/**
 * Globals that weights are made of. Each makes data and nothing else, whatever it is called with; names are exact. What
 * stands here was looked up in the sources of torch and numpy.
 */
export const dataGlobals: ReadonlySet<string> = new Set([
  ...below('collections', 'OrderedDict Counter defaultdict deque'),
  ...below('torch', `${STORAGES} ${DTYPES} Size device Tensor`),
  ...below('torch.cuda', STORAGES),
  ...below('torch.storage', 'TypedStorage _TypedStorage UntypedStorage _UntypedStorage'),
  ...below(
    'torch._utils',
    `_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state
     _rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_meta_tensor_no_storage
     _rebuild_device_tensor_from_numpy _rebuild_nested_tensor`,
  ),
  ...below('torch.nn.modules.container', 'ParameterDict ParameterList'),
  ...below('torch.nn.parameter', 'Parameter Buffer UninitializedParameter'),
  ...below('torch.serialization', '_get_layout'),
  ...below(
    'torch',
    'per_tensor_affine per_channel_affine per_tensor_symmetric per_channel_symmetric strided sparse_coo',
  ),
  ...below('torch', 'contiguous_format channels_last preserve_format'),
  ...['numpy.core.multiarray', 'numpy._core.multiarray'].flatMap((module) => below(module, '_reconstruct scalar')),
  ...['numpy.core.numeric', 'numpy._core.numeric'].flatMap((module) => below(module, '_frombuffer')),
  ...below(
    'numpy',
    `dtype ndarray float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool_ complex64 complex128
     str_ bytes_ bool`,
  ),
  ...below(
    'numpy.dtypes',
    `Float16DType Float32DType Float64DType Int8DType Int16DType Int32DType Int64DType UInt8DType UInt16DType
     UInt32DType UInt64DType BoolDType StrDType BytesDType ObjectDType`,
  ),
  ...below('argparse', 'Namespace'),
  ...below('datetime', 'datetime date time timedelta timezone'),
  ...below('pathlib', 'PosixPath WindowsPath Path PurePath PurePosixPath PureWindowsPath'),
  ...below('pathlib._local', 'PosixPath WindowsPath Path PurePath PurePosixPath PureWindowsPath'),
  ...['builtins', '__builtin__'].flatMap((module) =>
    below(module, 'set frozenset list dict tuple int float str bool complex slice bytearray bytes object long unicode'),
  ),
  ...['copyreg', 'copy_reg'].flatMap((module) => below(module, '_reconstructor')),
  ...below('decimal', 'Decimal'),
  ...below('uuid', 'UUID'),
  ...below('fractions', 'Fraction'),
]);

/** Globals that are looked at together with what they are called with. */
export const judgedGlobals: ReadonlySet<string> = new Set([
  '_codecs encode',
  'torch._tensor _rebuild_from_type_v2',
  'torch.storage _load_from_bytes',
]);

/**
 * Packages whose classes stand in checkpoints of trainers: models saved whole, optimisers, callbacks. Their code runs when
 * the file is loaded, so they are suspicious, but they are no sign of an attack.
 */
export const trainerModules: RegExp =
  /^(?:torch\.(?:nn\.modules|optim|jit\._pickle|ao\.nn|nn\.quantized|utils\.data)(?:\.|$)|__torch__(?:\.|$))/;

/** Beside Python's own modules: packages that can load, run or fetch anything. */
export const capableModules: ReadonlySet<string> = new Set(
  `torch numpy pip setuptools pkg_resources scipy pandas joblib dill cloudpickle numba tensorflow keras jax
   requests urllib3 httpx aiohttp paramiko fabric invoke sh plumbum pexpect psutil IPython jupyter_client notebook
   django flask jinja2 mako yaml cffi pycparser win32api win32com pythoncom gevent eventlet celery twisted tornado
   asyncssh pytest nose _pytest distlib virtualenv conda huggingface_hub fsspec smart_open`
    .trim()
    .split(/\s+/),
);
